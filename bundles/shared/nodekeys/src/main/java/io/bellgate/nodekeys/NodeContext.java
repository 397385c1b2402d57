package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a node's key is under OSCORE (RFC 8613): the master secret and the node's sender ID. The
 * gateway's sender ID is empty, there is no master salt and no ID context. The key itself is used
 * for nothing but derivations and DTLS.
 */
public final class NodeContext {
  /** Octets of a node's sender ID: it is sent in clear text and changes with each key. */
  public static final int KID_OCTETS = 5;

  private static final byte[] SECRET = "bellgate oscore 1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KID = "bellgate kid 1".getBytes(StandardCharsets.US_ASCII);

  private NodeContext() {}

  /**
   * The master secret: HKDF-SHA-256 with the identity as salt.
   *
   * @param key of the node; lent for the call
   * @param identity of the key
   * @return 32 octets, which the caller destroys
   */
  public static Secret masterSecret(Secret key, String identity) {
    return key.lend(
        octets -> {
          byte[] prk = Hkdf.extract(identity.getBytes(StandardCharsets.UTF_8), octets);
          Secret secret = Secret.absorb(Hkdf.expand(prk, SECRET, Hkdf.HASH_OCTETS));
          Arrays.fill(prk, (byte) 0);
          return secret;
        });
  }

  /**
   * The sender ID of a node: the beginning of a hash of the identity of its key.
   *
   * @param identity of the key
   * @return {@link #KID_OCTETS} octets
   */
  public static byte[] kid(String identity) {
    return Arrays.copyOf(Hkdf.hash(KID, identity.getBytes(StandardCharsets.UTF_8)), KID_OCTETS);
  }
}
