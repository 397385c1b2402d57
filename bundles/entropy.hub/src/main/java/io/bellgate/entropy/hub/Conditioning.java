package io.bellgate.entropy.hub;

/**
 * How much min-entropy leaves a vetted conditioning function (NIST SP 800-90B, 3.1.5.1.2).
 *
 * @param inputBits length of the input
 * @param outputBits length of the output
 * @param narrowestBits narrowest width inside the function; of a hash the length of its output
 */
record Conditioning(int inputBits, int outputBits, int narrowestBits) {
  /** So much more than the output holds has to go in for full entropy (SP 800-90C, 3.2.2.2). */
  static final int SURPLUS_BITS = 64;

  /**
   * Min-entropy of the output.
   *
   * @param inputEntropy bits of min-entropy of the input
   * @return bits, at most {@code outputBits}
   */
  double outputEntropy(double inputEntropy) {
    return outputBits - Math.max(0, deficit(inputEntropy));
  }

  /** Whether each bit of the output has full entropy. */
  boolean full(double inputEntropy) {
    return inputEntropy >= outputBits + SURPLUS_BITS;
  }

  /**
   * The logarithm to the base 2 of 1 - h/n, what the output lacks of full entropy by its part.
   *
   * @param inputEntropy bits of min-entropy of the input
   * @return for example -131.24
   */
  double logEpsilon(double inputEntropy) {
    double lacking = deficit(inputEntropy);
    return Math.log(Math.max(lacking, Double.MIN_NORMAL) / outputBits) / Math.log(2);
  }

  /**
   * outputBits - h_out. With n = min(outputBits, narrowestBits) and everything in units of 2^-n, so
   * that what is left over beside 1 is not lost in rounding: psi and omega of the standard are (1 +
   * d)·2^-n, and h_out = n - log2(1 + d).
   */
  private double deficit(double inputEntropy) {
    int n = Math.min(outputBits, narrowestBits);
    double high = Math.pow(2, n - inputEntropy); // P_high / 2^-n
    // P_low = (1 - P_high) / (2^n_in - 1), so 2^(n_in) P_low = (1 - P_high)(1 + 2^-n_in + ...)
    double low = -Math.pow(2, -inputEntropy) + Math.pow(2, -inputBits);
    double psi = high + low;
    // U P_low = 2^-n (1 + sqrt(2 n ln 2 / 2^(n_in - n))) (1 + low)
    double root = Math.sqrt(2.0 * n * Math.log(2)) * Math.pow(2, -(inputBits - n) / 2.0);
    double omega = root + low + root * low;
    return (outputBits - n) + Math.log1p(Math.max(psi, omega)) / Math.log(2);
  }
}
