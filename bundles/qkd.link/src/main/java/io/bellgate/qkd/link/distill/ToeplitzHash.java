package io.bellgate.qkd.link.distill;

import java.util.Arrays;

/**
 * Privacy amplification by a random binary Toeplitz matrix, which is 2-universal (Krawczyk 1994;
 * leftover hash lemma: Tomamichel et al. 2011).
 *
 * <p>y_j = sum over i of s_(j + n - 1 - i) x_i modulo 2, for n bits x, m bits y and a seed s of n +
 * m - 1 uniform bits, used once and public only after x is fixed. Bit i of a string is bit {@code i
 * & 63} of word {@code i >>> 6}.
 */
final class ToeplitzHash {
  private ToeplitzHash() {}

  /** Bits of the seed for n bits in and m bits out. */
  static int seedBits(int n, int m) {
    return n + m - 1;
  }

  /**
   * Hashes: for every set bit of the input a window of the seed is added to the output. Windows
   * with the same bit offset share one shifted copy of the seed.
   *
   * @param x the input, n bits
   * @param seed at least n + m - 1 bits
   * @param m bits out, at least 1
   * @return m bits; the caller wipes them
   */
  static long[] hash(long[] x, int n, long[] seed, int m) {
    int words = (m + 63) >>> 6;
    long[] y = new long[words];
    long[] shifted = new long[seed.length + 1];
    for (int shift = 0; shift < 64; shift++) {
      shift(seed, shift, shifted);
      // the window of bit i begins at n - 1 - i: here those with that offset in a word
      for (int start = shift; start < n; start += 64) {
        int i = n - 1 - start;
        if ((x[i >>> 6] >>> i & 1) != 0) {
          add(y, shifted, start >>> 6, words);
        }
      }
    }
    if ((m & 63) != 0) {
      y[words - 1] &= (1L << (m & 63)) - 1;
    }
    Arrays.fill(shifted, 0);
    return y;
  }

  private static void shift(long[] from, int shift, long[] to) {
    for (int w = 0; w < from.length; w++) {
      long high = w + 1 < from.length && shift > 0 ? from[w + 1] << 64 - shift : 0;
      to[w] = from[w] >>> shift | high;
    }
  }

  private static void add(long[] y, long[] window, int at, int words) {
    for (int w = 0; w < words; w++) {
      y[w] ^= window[at + w];
    }
  }

  /** The words of octets, 8 each, least significant first; missing octets are zero. */
  static long[] words(byte[] octets) {
    long[] words = new long[(octets.length + 7) >>> 3];
    for (int i = 0; i < octets.length; i++) {
      words[i >>> 3] |= (octets[i] & 0xffL) << 8 * (i & 7);
    }
    return words;
  }

  /** The octets of the first bits of words, least significant first. */
  static byte[] octets(long[] words, int bits) {
    byte[] octets = new byte[(bits + 7) >>> 3];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) (words[i >>> 3] >>> 8 * (i & 7));
    }
    return octets;
  }
}
