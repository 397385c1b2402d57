package io.bellgate.qkd.bb84;

import java.util.Arrays;

/** Writes a message: bits fill octets from the least significant end; the last is padded with 0. */
final class BitOut {
  private byte[] octets = new byte[64];
  private long size;

  /**
   * Writes the low bits of a number, least significant first.
   *
   * @param value of at most {@code count} bits
   * @param count 0 to 64
   */
  BitOut bits(long value, int count) {
    room(count);
    int done = 0;
    while (done < count) {
      int used = (int) (size & 7);
      octets[(int) (size >>> 3)] |= (byte) (value >>> done << used);
      int step = Math.min(8 - used, count - done);
      size += step;
      done += step;
    }
    return this;
  }

  /** Rice code: the quotient by 2^low in unary (ones, then a zero), then the low bits. */
  void rice(long value, int low) {
    long quotient = value >>> low;
    for (; quotient >= 32; quotient -= 32) {
      bits(0xffff_ffffL, 32);
    }
    bits((1L << quotient) - 1, (int) quotient + 1);
    bits(value & (1L << low) - 1, low);
  }

  private void room(int more) {
    int needed = (int) ((size + more + 7) >>> 3);
    if (needed > octets.length) {
      octets = Arrays.copyOf(octets, Math.max(needed, 2 * octets.length));
    }
  }

  byte[] octets() {
    return Arrays.copyOf(octets, (int) ((size + 7) >>> 3));
  }
}
