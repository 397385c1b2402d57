package io.bellgate.nodekeys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The answer to {@link EnrolRequest}: version 1 (u8), step 1 (u8), suite (u8), X25519 public value
 * of the gateway (32), ciphertext of ML-KEM, generation (u32), identity (16 characters): message B;
 * then the gateway's MAC (16).
 *
 * @param suite that of the request
 * @param x25519 32 octets
 * @param ciphertext as long as the suite says
 * @param generation of the key that is agreed on
 * @param identity of it
 * @param mac the gateway's; empty while it is not made
 */
public record EnrolAnswer(
    EnrolSuite suite,
    byte[] x25519,
    byte[] ciphertext,
    int generation,
    String identity,
    byte[] mac) {

  /** Message B: everything but the MAC. */
  byte[] message() {
    byte[] name = identity.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(
            EnrolRequest.HEAD_OCTETS + x25519.length + ciphertext.length + 4 + name.length)
        .put(EnrolRequest.VERSION)
        .put(EnrolRequest.STEP)
        .put(suite.code())
        .put(x25519)
        .put(ciphertext)
        .putInt(generation)
        .put(name)
        .array();
  }

  /** The same with a MAC. */
  EnrolAnswer with(byte[] made) {
    return new EnrolAnswer(suite, x25519, ciphertext, generation, identity, made);
  }

  /** The payload. */
  public byte[] encode() {
    byte[] message = message();
    return ByteBuffer.allocate(message.length + mac.length).put(message).put(mac).array();
  }

  /** Reads a payload; empty if it is none. */
  public static Optional<EnrolAnswer> decode(byte[] octets) {
    if (octets.length < EnrolRequest.HEAD_OCTETS
        || octets[0] != EnrolRequest.VERSION
        || octets[1] != EnrolRequest.STEP) {
      return Optional.empty();
    }
    int fixed =
        EnrolRequest.HEAD_OCTETS
            + X25519.OCTETS
            + 4
            + NextKeyAnswer.IDENTITY_OCTETS
            + Enrolment.MAC_OCTETS;
    return EnrolSuite.of(octets[2])
        .filter(suite -> octets.length == fixed + suite.ciphertextOctets())
        .map(suite -> read(suite, octets))
        .filter(answer -> answer.identity().matches("[!-~]+"));
  }

  private static EnrolAnswer read(EnrolSuite suite, byte[] octets) {
    ByteBuffer in =
        ByteBuffer.wrap(octets, EnrolRequest.HEAD_OCTETS, octets.length - EnrolRequest.HEAD_OCTETS);
    byte[] share = new byte[X25519.OCTETS];
    byte[] ciphertext = new byte[suite.ciphertextOctets()];
    byte[] name = new byte[NextKeyAnswer.IDENTITY_OCTETS];
    in.get(share).get(ciphertext);
    int generation = in.getInt();
    in.get(name);
    byte[] mac = Arrays.copyOfRange(octets, in.position(), octets.length);
    return new EnrolAnswer(
        suite, share, ciphertext, generation, new String(name, StandardCharsets.US_ASCII), mac);
  }
}
