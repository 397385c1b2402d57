package io.bellgate.nodekeys;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@code POST /keys}, version 2: version (u8), 1 if a key of the pool is wanted (u8), nonce of the
 * node (8).
 *
 * @param pool whether a key of the pool is to go into the next key
 * @param nonce of the node, {@link Generations#NONCE_OCTETS}
 */
public record NextKeyRequest(boolean pool, byte[] nonce) {
  /** The version of request and answer. */
  public static final byte VERSION = 2;

  private static final int OCTETS = 2 + Generations.NONCE_OCTETS;

  /** The payload. */
  public byte[] encode() {
    return ByteBuffer.allocate(OCTETS).put(VERSION).put((byte) (pool ? 1 : 0)).put(nonce).array();
  }

  /** Reads a payload; empty if it is none of this version. */
  public static Optional<NextKeyRequest> decode(byte[] octets) {
    if (octets.length != OCTETS || octets[0] != VERSION || (octets[1] & ~1) != 0) {
      return Optional.empty();
    }
    return Optional.of(new NextKeyRequest(octets[1] == 1, Arrays.copyOfRange(octets, 2, OCTETS)));
  }
}
