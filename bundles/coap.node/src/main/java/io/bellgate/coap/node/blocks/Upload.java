package io.bellgate.coap.node.blocks;

import java.util.Arrays;

/** The beginning of a body that comes in blocks. */
final class Upload {
  private final int format;
  private byte[] octets;

  /** What became of a block. */
  enum Outcome {
    /** It is the next one, or the last one again. */
    TAKEN,
    /** One before it is missing. */
    GAP,
    /** It says that it is of another content format. */
    OTHER_FORMAT,
    /** The body would be too large. */
    TOO_LARGE
  }

  /**
   * Begins, or goes on.
   *
   * @param format content format, or -1
   * @param octets of all blocks so far; not copied
   */
  Upload(int format, byte[] octets) {
    this.format = format;
    this.octets = octets;
  }

  int format() {
    return format;
  }

  /** What came so far; not copied. */
  byte[] octets() {
    return octets;
  }

  /** A block that comes once more, in a message of its own, changes nothing. */
  Outcome add(int format, int offset, byte[] block, int most) {
    if (format != this.format) {
      return Outcome.OTHER_FORMAT;
    }
    if (offset + block.length == octets.length
        && Arrays.equals(octets, offset, octets.length, block, 0, block.length)) {
      return Outcome.TAKEN;
    }
    if (offset != octets.length) {
      return Outcome.GAP;
    }
    if (offset + block.length > most) {
      return Outcome.TOO_LARGE;
    }
    byte[] longer = Arrays.copyOf(octets, offset + block.length);
    System.arraycopy(block, 0, longer, offset, block.length);
    octets = longer;
    return Outcome.TAKEN;
  }
}
