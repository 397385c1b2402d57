package io.bellgate.qkd.bb84;

import io.bellgate.api.bits.SecretBits;
import java.util.Arrays;

/** A string of bits of known size. Owned, and wiped if secret, by whoever made it. */
final class Bits implements AutoCloseable {
  private final long[] words;
  private final int size;

  Bits(int size) {
    this.size = size;
    this.words = new long[(size + 63) >>> 6];
  }

  int size() {
    return size;
  }

  boolean get(int index) {
    return (words[index >>> 6] >>> index & 1) != 0;
  }

  void set(int index, boolean bit) {
    long mask = 1L << index;
    words[index >>> 6] = bit ? words[index >>> 6] | mask : words[index >>> 6] & ~mask;
  }

  /** How many are set. */
  int count() {
    return Arrays.stream(words).mapToInt(Long::bitCount).sum();
  }

  /** Where this one and the other, of equal size, differ. */
  int differences(Bits other) {
    int differences = 0;
    for (int i = 0; i < words.length; i++) {
      differences += Long.bitCount(words[i] ^ other.words[i]);
    }
    return differences;
  }

  /** The bits where a mask of equal size is set and another bit string has a value, in order. */
  Bits where(Bits mask, Bits other, boolean value) {
    Bits chosen = new Bits(size);
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (mask.get(i) && other.get(i) == value) {
        chosen.set(count++, get(i));
      }
    }
    Bits exact = new Bits(count);
    System.arraycopy(chosen.words, 0, exact.words, 0, exact.words.length);
    chosen.close();
    return exact;
  }

  /** The bits where a mask of equal size is set, as a secret that the caller owns. */
  SecretBits secret(Bits mask) {
    Bits chosen = where(mask, mask, true);
    return SecretBits.absorb(chosen.words, chosen.size);
  }

  void write(BitOut out) {
    for (int i = 0; i < size; i += 32) {
      int bits = Math.min(32, size - i);
      out.bits(words[i >>> 6] >>> i & (1L << bits) - 1, bits);
    }
  }

  static Bits read(BitIn in, int size) throws Malformed {
    in.need(size);
    Bits read = new Bits(size);
    for (int i = 0; i < size; i += 32) {
      read.words[i >>> 6] |= in.bits(Math.min(32, size - i)) << i;
    }
    return read;
  }

  /** Wipes. */
  @Override
  public void close() {
    Arrays.fill(words, 0);
  }
}
