package io.bellgate.nodekeys;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The first {@code POST /enrol}, message A: version 1 (u8), step 1 (u8), suite (u8), X25519 public
 * value of the node (32), its encapsulation key.
 *
 * @param suite that the node chose
 * @param x25519 32 octets
 * @param encapsulationKey of ML-KEM, as long as the suite says
 */
public record EnrolRequest(EnrolSuite suite, byte[] x25519, byte[] encapsulationKey) {
  /** The version of all messages. */
  static final byte VERSION = 1;

  /** The first step. */
  static final byte STEP = 1;

  static final int HEAD_OCTETS = 3;

  /** The payload. */
  public byte[] encode() {
    return ByteBuffer.allocate(HEAD_OCTETS + x25519.length + encapsulationKey.length)
        .put(VERSION)
        .put(STEP)
        .put(suite.code())
        .put(x25519)
        .put(encapsulationKey)
        .array();
  }

  /** Reads a payload; empty if it is none. */
  public static Optional<EnrolRequest> decode(byte[] octets) {
    if (octets.length < HEAD_OCTETS || octets[0] != VERSION || octets[1] != STEP) {
      return Optional.empty();
    }
    int key = HEAD_OCTETS + X25519.OCTETS;
    return EnrolSuite.of(octets[2])
        .filter(suite -> octets.length == key + suite.keyOctets())
        .map(
            suite ->
                new EnrolRequest(
                    suite,
                    Arrays.copyOfRange(octets, HEAD_OCTETS, key),
                    Arrays.copyOfRange(octets, key, octets.length)));
  }
}
