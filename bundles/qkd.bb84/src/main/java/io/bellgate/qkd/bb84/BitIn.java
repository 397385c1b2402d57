package io.bellgate.qkd.bb84;

/** Reads what {@link BitOut} wrote, and nothing else: every step is checked against the end. */
final class BitIn {
  private final byte[] octets;
  private long at;

  BitIn(byte[] octets) {
    this.octets = octets;
  }

  /** Fails if fewer bits are left: called before anything is allocated. */
  void need(long count) throws Malformed {
    if (count > 8L * octets.length - at) {
      throw new Malformed("a message is as long as it says: octets=" + octets.length);
    }
  }

  /**
   * Reads a number.
   *
   * @param count 0 to 63
   */
  long bits(int count) throws Malformed {
    need(count);
    long value = 0;
    int done = 0;
    while (done < count) {
      int used = (int) (at & 7);
      int step = Math.min(8 - used, count - done);
      long part = (octets[(int) (at >>> 3)] & 0xff) >>> used & (1 << step) - 1;
      value |= part << done;
      at += step;
      done += step;
    }
    return value;
  }

  /**
   * Reads a Rice code.
   *
   * @param low 0 to 62
   * @param most the largest value allowed; negative if none is
   */
  long rice(int low, long most) throws Malformed {
    long quotient = 0;
    while (most >= 0 && quotient <= most >>> low && bits(1) == 1) {
      quotient++;
    }
    // a quotient beyond the last allowed one would overflow
    long value = quotient > most >>> low ? Long.MAX_VALUE : quotient << low | bits(low);
    if (most < 0 || value > most) {
      throw new Malformed("a detection lies in the block");
    }
    return value;
  }

  /** Fails unless everything was read and the padding is zero. */
  void end() throws Malformed {
    long left = 8L * octets.length - at;
    if (left >= 8 || bits((int) left) != 0) {
      throw new Malformed("a message ends where it says: octets=" + octets.length);
    }
  }
}
