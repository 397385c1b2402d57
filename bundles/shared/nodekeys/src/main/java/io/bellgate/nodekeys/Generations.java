package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The next key of a node, from the one before: HKDF with SHA-256 (RFC 5869), salt = the node's
 * nonce and the gateway's, input = the key before and, in version 2, a key of the pool behind it,
 * info = label, node and generation, 32 octets. A few HMACs of short input, so that the smallest
 * node can do it. In the manner of KUDOS (draft-ietf-core-oscore-key-update, July 2026), for
 * pre-shared keys.
 *
 * <p>Security: who has the key before and hears what both ends say has the next, with a key of the
 * pool too, since it comes sealed under the key before; it does not heal, it limits how much is
 * under one key. {@link Enrolment} heals.
 */
public final class Generations {
  /** Octets of a nonce. */
  public static final int NONCE_OCTETS = 8;

  /** Octets of a key of the pool. */
  public static final int POOL_OCTETS = 32;

  private static final int KEY_OCTETS = 32;
  private static final String LABEL = "bellgate node 1";
  private static final String POOL_LABEL = "bellgate node 2";
  private static final String SEAL_LABEL = "bellgate node seal 2";

  private Generations() {}

  /**
   * Derives from the key before and two nonces (version 1).
   *
   * @param before the key of the generation before; lent
   * @param nonce of the node, {@link #NONCE_OCTETS}
   * @param own of the gateway, as long
   * @param node its ID
   * @param generation of the key that is made
   * @return 32 octets, which the caller owns
   */
  public static Secret next(Secret before, byte[] nonce, byte[] own, String node, int generation) {
    return before.lend(key -> derive(nonce, own, info(LABEL, node, generation), key));
  }

  /**
   * Derives from the key before, a key of the pool and two nonces (version 2). Who lacks either of
   * the two secrets does not learn the result.
   *
   * @param before the key of the generation before; lent
   * @param pool a key of the pool, {@link #POOL_OCTETS}; lent
   * @param nonce of the node, {@link #NONCE_OCTETS}
   * @param own of the gateway, as long
   * @param node its ID
   * @param generation of the key that is made
   * @return 32 octets, which the caller owns
   * @throws IllegalArgumentException if the key of the pool has another length: then it would not
   *     be told where it begins
   */
  public static Secret next(
      Secret before, Secret pool, byte[] nonce, byte[] own, String node, int generation) {
    if (pool.length() != POOL_OCTETS) {
      throw new IllegalArgumentException(
          "a key of the pool has " + POOL_OCTETS + " octets: octets=" + pool.length());
    }
    byte[] info = info(POOL_LABEL, node, generation);
    return before.lend(key -> pool.lend(more -> derive(nonce, own, info, key, more)));
  }

  /** The key under which a key of the pool is sealed to a node: for this one time. */
  static Secret seal(Secret before, byte[] nonce, byte[] own, String node, int generation) {
    return before.lend(key -> derive(nonce, own, info(SEAL_LABEL, node, generation), key));
  }

  private static Secret derive(byte[] nonce, byte[] own, byte[] info, byte[]... input) {
    byte[] salt = ByteBuffer.allocate(nonce.length + own.length).put(nonce).put(own).array();
    byte[] prk = Hkdf.extract(salt, input);
    try {
      return Secret.absorb(Hkdf.expand(prk, info, KEY_OCTETS));
    } finally {
      Arrays.fill(prk, (byte) 0);
    }
  }

  private static byte[] info(String label, String node, int generation) {
    byte[] start = label.getBytes(StandardCharsets.US_ASCII);
    byte[] name = node.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(start.length + 1 + name.length + 4)
        .put(start)
        .put((byte) name.length)
        .put(name)
        .putInt(generation)
        .array();
  }
}
