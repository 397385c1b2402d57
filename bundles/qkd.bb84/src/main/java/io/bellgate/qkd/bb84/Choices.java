package io.bellgate.qkd.bb84;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import java.nio.ByteBuffer;

/**
 * An end's random choices, drawn from {@link RandomBits} in bulk. For one thread.
 *
 * <p>A basis takes two bits on average, however biased: bits are compared with the binary digits of
 * the probability, 31 of them at most, until one differs (after Knuth and Yao, 1976). So the
 * probability is met to 2^-32; the proof needs bases of all pulses to be chosen alike and
 * independently, not a certain bias. A value takes one bit. Bits of full entropy are dear.
 */
final class Choices implements AutoCloseable {
  /** What basis X adds to a setting. */
  static final int TEST_BASIS = 2;

  private static final int DRAWN_OCTETS = 8192;
  private static final int DIGITS = 31;

  private final RandomBits random;
  private final long keyBasisBelow;
  private final ByteBuffer drawn = ByteBuffer.allocate(DRAWN_OCTETS).limit(0);
  private int bits;
  private int bitsLeft;

  Choices(RandomBits random, double keyBasisProbability) {
    this.random = random;
    this.keyBasisBelow = Math.round(keyBasisProbability * (1L << DIGITS));
  }

  private int word() {
    if (!drawn.hasRemaining()) {
      try (Secret secret = random.draw(DRAWN_OCTETS)) {
        secret.use(octets -> drawn.clear().put(octets).flip());
      }
    }
    return drawn.getInt();
  }

  private int nextBit() {
    if (bitsLeft == 0) {
      bits = word();
      bitsLeft = Integer.SIZE;
    }
    int bit = bits & 1;
    bits >>>= 1;
    bitsLeft--;
    return bit;
  }

  /** Alice's choice for a pulse: basis and value. */
  int preparation() {
    return measurement() | nextBit();
  }

  /** Bob's choice for a pulse: the basis. */
  int measurement() {
    if (keyBasisBelow == 1L << DIGITS) {
      return 0;
    }
    for (int digit = DIGITS - 1; digit >= 0; digit--) {
      int own = nextBit();
      int limit = (int) (keyBasisBelow >>> digit) & 1;
      if (own != limit) {
        return own < limit ? 0 : TEST_BASIS;
      }
    }
    return TEST_BASIS;
  }

  boolean bit() {
    return nextBit() != 0;
  }

  /** A number in [0, bound), every one as likely, by rejection. */
  private int below(int bound) {
    int most = Integer.MAX_VALUE - Integer.MAX_VALUE % bound;
    int number = word() >>> 1;
    while (number >= most) {
      number = word() >>> 1;
    }
    return number % bound;
  }

  /** A subset of the given size, every one as likely. */
  Bits subset(int size, int chosen) {
    Bits subset = new Bits(size);
    boolean marked = chosen <= size / 2;
    for (int i = 0; i < size; i++) {
      subset.set(i, !marked);
    }
    for (int left = marked ? chosen : size - chosen; left > 0; ) {
      int index = below(size);
      if (subset.get(index) != marked) {
        subset.set(index, marked);
        left--;
      }
    }
    return subset;
  }

  /** Wipes what was drawn. */
  @Override
  public void close() {
    drawn.clear().put(new byte[DRAWN_OCTETS]).limit(0);
    bits = 0;
  }
}
