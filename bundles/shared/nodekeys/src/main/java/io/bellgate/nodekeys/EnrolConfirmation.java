package io.bellgate.nodekeys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The second {@code POST /enrol}: version 1 (u8), step 2 (u8), the identity that the gateway gave
 * (16), the node's MAC (16). Its answer is version 1 (u8), and seconds until the node should ask
 * for its next key (u32).
 *
 * @param identity of the new key
 * @param mac the node's
 */
public record EnrolConfirmation(String identity, byte[] mac) {
  private static final byte STEP = 2;
  private static final int OCTETS = 2 + NextKeyAnswer.IDENTITY_OCTETS + Enrolment.MAC_OCTETS;

  /** The payload. */
  public byte[] encode() {
    return ByteBuffer.allocate(OCTETS)
        .put(EnrolRequest.VERSION)
        .put(STEP)
        .put(identity.getBytes(StandardCharsets.US_ASCII))
        .put(mac)
        .array();
  }

  /** Reads a payload; empty if it is none. */
  public static Optional<EnrolConfirmation> decode(byte[] octets) {
    if (octets.length != OCTETS || octets[0] != EnrolRequest.VERSION || octets[1] != STEP) {
      return Optional.empty();
    }
    int mac = 2 + NextKeyAnswer.IDENTITY_OCTETS;
    String identity = new String(octets, 2, mac - 2, StandardCharsets.US_ASCII);
    return Optional.of(new EnrolConfirmation(identity, Arrays.copyOfRange(octets, mac, OCTETS)))
        .filter(confirmation -> confirmation.identity().matches("[!-~]+"));
  }

  /** The payload of the answer to it. */
  public static byte[] answer(int againSeconds) {
    return ByteBuffer.allocate(5).put(EnrolRequest.VERSION).putInt(againSeconds).array();
  }
}
