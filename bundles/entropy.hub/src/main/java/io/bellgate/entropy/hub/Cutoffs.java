package io.bellgate.entropy.hub;

/**
 * Cut-offs of the two approved health tests.
 *
 * <p>Source: NIST SP 800-90B (2018), 4.4.1 and 4.4.2. The published form of the adaptive proportion
 * test counts the first sample of a window among those that may agree by chance, though it agrees
 * for certain; the exact form does not. They differ by one at most.
 *
 * @param repetitions so many equal samples in a row are an alarm
 * @param matches so many samples equal to the first of a window are an alarm
 */
record Cutoffs(int repetitions, int matches) {
  /** Samples of a window where a sample has one bit. */
  static final int BIT_WINDOW = 1024;

  /** Samples of a window else. */
  static final int WINDOW = 512;

  /**
   * Cut-offs as published.
   *
   * @param sampleBits bits of a sample
   * @param minEntropy claimed bits of min-entropy a sample
   * @param alphaExponent false alarms of an ideal source: 2^-{@code alphaExponent} a sample
   */
  static Cutoffs published(int sampleBits, double minEntropy, int alphaExponent) {
    int window = window(sampleBits);
    int matches = 1 + criticalBinomial(window, minEntropy, alphaExponent);
    return capped(window, minEntropy, alphaExponent, matches);
  }

  /** As {@link #published}, with the certain match of the first sample left out of the chance. */
  static Cutoffs exact(int sampleBits, double minEntropy, int alphaExponent) {
    int window = window(sampleBits);
    int matches = 2 + criticalBinomial(window - 1, minEntropy, alphaExponent);
    return capped(window, minEntropy, alphaExponent, matches);
  }

  /** A cut-off of a whole window, or more, could not be reached: the test could not fail. */
  private static Cutoffs capped(int window, double minEntropy, int alphaExponent, int matches) {
    return new Cutoffs(
        1 + (int) Math.ceil(alphaExponent / minEntropy - 1e-9), Math.min(matches, window));
  }

  static int window(int sampleBits) {
    return sampleBits == 1 ? BIT_WINDOW : WINDOW;
  }

  /**
   * The exponent of alpha that makes a false alarm of an ideal source rarer than once in a week.
   *
   * @param samplesPerSecond how fast samples come
   * @return at least 30, at most 60
   */
  static int alphaExponent(double samplesPerSecond) {
    double samples = Math.max(1, samplesPerSecond) * 7 * 24 * 3600;
    return (int) Math.min(60, Math.max(30, Math.ceil(Math.log(samples) / Math.log(2))));
  }

  /**
   * The smallest k with P[Bin(n, 2^-H) > k] at most 2^-a. The tail is summed from its small end, in
   * units of 2^-a, since 1 - 2^-a is no double for a above 53.
   */
  private static int criticalBinomial(int n, double minEntropy, int alphaExponent) {
    double p = Math.pow(2, -minEntropy);
    double logOdds = Math.log(p) - Math.log1p(-p);
    double logTerm = n * Math.log(p) + alphaExponent * Math.log(2); // of k = n
    double tail = Math.exp(logTerm);
    int k = n;
    while (tail <= 1 && k > 0) {
      k--;
      logTerm += Math.log(k + 1.0) - Math.log(n - k) - logOdds;
      tail += Math.exp(logTerm);
    }
    return k;
  }
}
