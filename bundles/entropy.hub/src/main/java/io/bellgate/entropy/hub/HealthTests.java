package io.bellgate.entropy.hub;

import java.util.Optional;

/**
 * The two approved health tests over octets as samples: repetition count and adaptive proportion.
 * Not thread safe: its owner holds a lock.
 *
 * <p>What they can see: the operating system conditions its output, so that a weak noise source
 * behind it looks perfect here. The tests detect <b>total failure only</b> (a stuck device, a file
 * of zeros, a broken read) and no entropy is credited because of them. The cut-offs therefore use a
 * floor of H = 1 bit per octet: at full entropy a false alarm does not happen in practice (2^-160
 * per octet for the repetition count).
 *
 * <p>Source: NIST SP 800-90B (2018), sections 4.4.1 and 4.4.2, with alpha = 2^-20.
 */
final class HealthTests {
  /** H, in bits per octet, that the cut-offs assume. */
  static final double MIN_ENTROPY_BITS = 1.0;

  /** Section 4.4.2: window for samples that are not binary. */
  static final int WINDOW_SAMPLES = 512;

  /** Section 4.3: at least so many samples are tested before the first use. */
  static final int STARTUP_SAMPLES = 1024;

  private static final double ALPHA = Math.pow(2, -20);

  /** C = 1 + ceil(-log2(alpha) / H), section 4.4.1. */
  static final int REPETITION_CUTOFF = 1 + (int) Math.ceil(20 / MIN_ENTROPY_BITS);

  /** C = 1 + CRITBINOM(W, 2^-H, 1 - alpha), section 4.4.2. */
  static final int PROPORTION_CUTOFF =
      1 + criticalBinomial(WINDOW_SAMPLES, Math.pow(2, -MIN_ENTROPY_BITS), 1 - ALPHA);

  private int last = -1;
  private int repetitions;
  private int windowSample;
  private int windowMatches;
  private int windowPosition;

  /**
   * Tests octets in the order drawn.
   *
   * @param octets samples
   * @return empty if healthy; else which test fired and its numbers
   */
  Optional<String> feed(byte[] octets) {
    for (byte octet : octets) {
      int sample = octet & 0xff;
      if (repeats(sample)) {
        return Optional.of("repetition count: cutoff=" + REPETITION_CUTOFF);
      }
      if (dominates(sample)) {
        return Optional.of(
            "adaptive proportion: cutoff=" + PROPORTION_CUTOFF + " window=" + WINDOW_SAMPLES);
      }
    }
    return Optional.empty();
  }

  private boolean repeats(int sample) {
    repetitions = sample == last ? repetitions + 1 : 1;
    last = sample;
    return repetitions >= REPETITION_CUTOFF;
  }

  private boolean dominates(int sample) {
    if (windowPosition == 0) {
      windowSample = sample;
      windowMatches = 0;
    }
    windowMatches += sample == windowSample ? 1 : 0;
    windowPosition = (windowPosition + 1) % WINDOW_SAMPLES;
    return windowMatches >= PROPORTION_CUTOFF;
  }

  /** The smallest k with P(Binomial(n, p) at most k) at least {@code probability}. */
  static int criticalBinomial(int n, double p, double probability) {
    double term = Math.pow(1 - p, n);
    double sum = term;
    int k = 0;
    while (sum < probability) {
      term *= p / (1 - p) * (n - k) / (k + 1);
      sum += term;
      k++;
    }
    return k;
  }
}
