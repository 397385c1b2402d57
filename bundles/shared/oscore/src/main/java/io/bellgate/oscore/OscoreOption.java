package io.bellgate.oscore;

import java.util.Arrays;
import java.util.Optional;

/**
 * The value of the OSCORE option (RFC 8613, section 6.1).
 *
 * @param partialIv 0 to 5 octets, none of them a leading zero but for the number 0; empty for none
 * @param kidContext ID context, if it is said
 * @param kid sender ID, if it is said
 */
record OscoreOption(byte[] partialIv, Optional<byte[]> kidContext, Optional<byte[]> kid) {
  private static final int MOST_PARTIAL_IV = 5;
  private static final int KID = 0x08;
  private static final int KID_CONTEXT = 0x10;
  private static final int RESERVED = 0xe0;
  private static final byte[] NOTHING = {};

  /** Of a response that says nothing. */
  static final OscoreOption EMPTY = new OscoreOption(NOTHING, Optional.empty(), Optional.empty());

  /** The octets of a sequence number, as few as possible. */
  static byte[] partialIv(long number) {
    int octets = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 7) / 8);
    byte[] value = new byte[octets];
    for (int i = 0; i < octets; i++) {
      value[octets - 1 - i] = (byte) (number >>> 8 * i);
    }
    return value;
  }

  /** The sequence number; there has to be one. */
  long sequence() {
    long number = 0;
    for (byte octet : partialIv) {
      number = number << 8 | octet & 0xff;
    }
    return number;
  }

  byte[] encode() {
    if (partialIv.length == 0 && kidContext.isEmpty() && kid.isEmpty()) {
      return NOTHING;
    }
    byte[] context = kidContext.orElse(NOTHING);
    byte[] id = kid.orElse(NOTHING);
    int contextOctets = kidContext.isPresent() ? 1 + context.length : 0;
    byte[] value = new byte[1 + partialIv.length + contextOctets + id.length];
    value[0] =
        (byte)
            (partialIv.length
                | (kid.isPresent() ? KID : 0)
                | (kidContext.isPresent() ? KID_CONTEXT : 0));
    System.arraycopy(partialIv, 0, value, 1, partialIv.length);
    if (kidContext.isPresent()) {
      value[1 + partialIv.length] = (byte) context.length;
      System.arraycopy(context, 0, value, 2 + partialIv.length, context.length);
    }
    System.arraycopy(id, 0, value, value.length - id.length, id.length);
    return value;
  }

  /** Reads, or throws {@link IllegalArgumentException} if it is malformed. */
  static OscoreOption decode(byte[] value) {
    if (value.length == 0) {
      return EMPTY;
    }
    int flags = value[0] & 0xff;
    int octets = flags & 0x07;
    if (flags == 0 || (flags & RESERVED) != 0 || octets > MOST_PARTIAL_IV) {
      throw malformed();
    }
    int at = 1 + octets;
    if (at > value.length || octets > 1 && value[1] == 0) {
      throw malformed();
    }
    Optional<byte[]> context = Optional.empty();
    if ((flags & KID_CONTEXT) != 0) {
      if (at >= value.length || at + 1 + (value[at] & 0xff) > value.length) {
        throw malformed();
      }
      int end = at + 1 + (value[at] & 0xff);
      context = Optional.of(Arrays.copyOfRange(value, at + 1, end));
      at = end;
    }
    boolean hasKid = (flags & KID) != 0;
    if (!hasKid && at != value.length) {
      throw malformed();
    }
    return new OscoreOption(
        Arrays.copyOfRange(value, 1, 1 + octets),
        context,
        hasKid ? Optional.of(Arrays.copyOfRange(value, at, value.length)) : Optional.empty());
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException("malformed OSCORE option");
  }
}
