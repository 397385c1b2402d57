package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The next key of a node: HKDF with SHA-256 (RFC 5869), salt = the node's nonce and the gateway's,
 * input = the key before, info = label, node and generation, 32 octets. Two HMACs of two blocks, so
 * that the smallest node can do it. In the manner of KUDOS (draft-ietf-core-oscore-key-update, July
 * 2026), for pre-shared keys.
 *
 * <p>Security: who has the key before and hears both nonces has the next; it does not heal, it
 * limits how much is under one key.
 */
public final class Generations {
  /** Octets of a nonce. */
  public static final int NONCE_OCTETS = 8;

  private static final String HMAC = "HmacSHA256";
  private static final byte[] LABEL = "bellgate node 1".getBytes(StandardCharsets.US_ASCII);

  private Generations() {}

  /**
   * Derives.
   *
   * @param before the key of the generation before; lent
   * @param nonce of the node, {@link #NONCE_OCTETS}
   * @param own of the gateway, as long
   * @param node its ID
   * @param generation of the key that is made
   * @return 32 octets, which the caller owns
   */
  public static Secret next(Secret before, byte[] nonce, byte[] own, String node, int generation) {
    byte[] name = node.getBytes(StandardCharsets.US_ASCII);
    byte[] salt = ByteBuffer.allocate(nonce.length + own.length).put(nonce).put(own).array();
    byte[] info =
        ByteBuffer.allocate(LABEL.length + 1 + name.length + 4 + 1)
            .put(LABEL)
            .put((byte) name.length)
            .put(name)
            .putInt(generation)
            .put((byte) 1) // the only block of the expansion
            .array();
    byte[] prk = before.lend(key -> hmac(salt, key));
    try {
      return Secret.absorb(hmac(prk, info));
    } finally {
      Arrays.fill(prk, (byte) 0);
    }
  }

  private static byte[] hmac(byte[] key, byte[] octets) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac.doFinal(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC with SHA-256 is there in every JDK", e);
    }
  }
}
