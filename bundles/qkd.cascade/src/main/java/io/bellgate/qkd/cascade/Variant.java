package io.bellgate.qkd.cascade;

import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * The variants of Cascade, as data; both ends use the same one. Names and block sizes are those of
 * arXiv 1407.3257, sections 3 and 4. Block sizes use only operations that IEEE 754 rounds exactly,
 * so that two platforms agree on them.
 */
enum Variant {
  /** Brassard and Salvail 1993: blocks are bisected anew, nothing but top blocks is remembered. */
  ORIGINAL("original", 4, false, q -> multiples(Math.ceil(0.73 / q), 1, 2, 4, 8)),
  OPT4("opt4", 16, true, q -> multiples(Math.ceil(1 / q), 1, 2)),
  OPT7("opt7", 14, true, q -> multiples(powerOfTwo(1 / q), 1, 4)),
  /** Tuned for keys of 2^14 bits; k1 = 2^ceil(a), k2 = 2^ceil((a+12)/2), a = log2(1/q) - 1/2. */
  OPT8(
      "opt8",
      14,
      true,
      q -> {
        double twoToA = 1 / q / Math.sqrt(2);
        return new double[] {powerOfTwo(twoToA), powerOfTwo(64 * Math.sqrt(twoToA)), 4096};
      });

  /** As in configuration and in the initiating message. */
  final String text;

  final int passes;

  /** Whether what one bisection found out is remembered for later ones, in all passes. */
  final boolean reuse;

  private final DoubleFunction<double[]> firstBlocks;

  Variant(String text, int passes, boolean reuse, DoubleFunction<double[]> firstBlocks) {
    this.text = text;
    this.passes = passes;
    this.reuse = reuse;
    this.firstBlocks = firstBlocks;
  }

  private static double[] multiples(double first, int... factors) {
    double[] blocks = new double[factors.length];
    for (int i = 0; i < factors.length; i++) {
      blocks[i] = first * factors[i];
    }
    return blocks;
  }

  /** The least power of two that is at least {@code x}. */
  private static double powerOfTwo(double x) {
    double power = 1;
    while (power < x) {
      power *= 2;
    }
    return power;
  }

  static Optional<Variant> named(String text) {
    for (Variant variant : values()) {
      if (variant.text.equals(text)) {
        return Optional.of(variant);
      }
    }
    return Optional.empty();
  }

  /**
   * The block sizes of the first passes; every further pass cuts the key into two random halves.
   *
   * @param length bits of the key
   * @param qber expected, in [0, 0.25]; below one error in the key it is taken as one error
   * @return bits, at least 1, at most half of the key
   */
  int[] blockBits(int length, double qber) {
    double[] wanted = firstBlocks.apply(Math.max(qber, 1.0 / length));
    int[] bits = new int[wanted.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (int) Math.min(wanted[i], (length + 1) / 2);
    }
    return bits;
  }
}
