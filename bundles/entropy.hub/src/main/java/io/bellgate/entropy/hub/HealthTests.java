package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.NoiseSource.Description;
import java.util.Arrays;

/**
 * The two approved health tests on raw samples, and one of our own: a block that comes twice (a
 * stale stream, a snapshot), which those cannot see. The approved ones have two levels: a lesser
 * one, whose false alarms are rare at the source's rate, and a total one, whose false alarms do not
 * happen.
 *
 * <p>Not thread safe: of the thread that reads the source. Source: NIST SP 800-90B (2018), 4.4.1
 * and 4.4.2; two levels as in the jitterentropy library.
 */
final class HealthTests {
  /** Section 4.3: at least so many samples are tested before the first use. */
  static final int STARTUP_SAMPLES = 1024;

  /** A total failure is so many times 2 less likely by chance than a lesser one. */
  private static final int LEVELS_APART = 20;

  /** No octet is this. */
  private static final int NONE = 256;

  /** What a test of some samples says. */
  enum Verdict {
    /** Nothing. */
    HEALTHY,
    /** The samples are worse than claimed; it may be chance, once a week. */
    INTERMITTENT,
    /** The source has failed. */
    PERMANENT
  }

  /** Shorter blocks may be equal by chance. */
  private static final int COMPARED_OCTETS = 64;

  private final Cutoffs lesser;
  private final Cutoffs total;
  private final Description source;
  private int last = NONE;
  private int run;
  private int longestRun;
  private int windowSample;
  private int windowMatches;
  private int windowAt;
  private int mostMatches;
  private long samples;
  private byte[] before = new byte[0];
  private boolean repeated;

  HealthTests(Description source) {
    this(source, Cutoffs.alphaExponent((double) source.bitsPerSecond() / source.sampleBits()));
  }

  HealthTests(Description source, int alphaExponent) {
    this.source = source;
    this.lesser = Cutoffs.published(source.sampleBits(), source.minEntropy(), alphaExponent);
    this.total =
        Cutoffs.published(source.sampleBits(), source.minEntropy(), alphaExponent + LEVELS_APART);
  }

  Cutoffs cutoffs() {
    return lesser;
  }

  long samples() {
    return samples;
  }

  /** Begins anew: what comes has nothing to do with what came. */
  void restart() {
    last = NONE;
    run = 0;
    windowAt = 0;
    Arrays.fill(before, (byte) 0);
    before = new byte[0];
  }

  /**
   * Tests samples in the order drawn.
   *
   * @param octets as {@link io.bellgate.api.entropy.NoiseSource.Reading#read} gives them
   * @return the worst that was found in them
   */
  Verdict feed(byte[] octets) {
    longestRun = 0;
    mostMatches = 0;
    if (Samples.bits(source)) {
      feedBits(octets);
    } else {
      feedOctets(octets);
    }
    samples += Samples.in(source, octets.length);
    repeated = octets.length >= COMPARED_OCTETS && Arrays.equals(octets, before);
    remember(octets);
    if (repeated || longestRun >= total.repetitions() || mostMatches >= total.matches()) {
      return Verdict.PERMANENT;
    }
    return longestRun >= lesser.repetitions() || mostMatches >= lesser.matches()
        ? Verdict.INTERMITTENT
        : Verdict.HEALTHY;
  }

  /** Blocks of a stream have one length: the copy is made in place. */
  private void remember(byte[] octets) {
    if (before.length != octets.length) {
      Arrays.fill(before, (byte) 0);
      before = new byte[octets.length];
    }
    System.arraycopy(octets, 0, before, 0, octets.length);
  }

  /** What the last {@link #feed} found, in words without samples. */
  String found() {
    if (repeated) {
      return "repeated block: octets=" + before.length;
    }
    return (longestRun >= lesser.repetitions()
            ? "repetition count: longest=" + longestRun + " cutoff=" + lesser.repetitions()
            : "adaptive proportion: most=" + mostMatches + " cutoff=" + lesser.matches())
        + (Samples.bits(source) ? " window=" + Cutoffs.BIT_WINDOW : " window=" + Cutoffs.WINDOW);
  }

  private void feedOctets(byte[] octets) {
    for (byte sample : octets) {
      run = sample == last ? run + 1 : 1;
      last = sample;
      longestRun = Math.max(longestRun, run);
      if (windowAt == 0) {
        windowSample = sample;
        windowMatches = 0;
      }
      windowMatches += sample == windowSample ? 1 : 0;
      windowAt++;
      if (windowAt == Cutoffs.WINDOW) {
        mostMatches = Math.max(mostMatches, windowMatches);
        windowAt = 0;
      }
    }
    // a window that is not full yet has reached the cut-off all the same, or has not
    mostMatches = Math.max(mostMatches, windowAt == 0 ? 0 : windowMatches);
  }

  /**
   * Octet by octet: a run that reaches a cut-off, which is 21 at least, covers a whole octet. So
   * runs are counted from the first octet that is all one bit, with the end of the one before it.
   */
  private void feedBits(byte[] octets) {
    for (byte octet : octets) {
      if (octet == 0 || octet == -1) {
        int bit = octet & 1;
        run = 8 + (run > 0 && bit == (last & 1) ? run : trailing(last, bit));
        longestRun = Math.max(longestRun, run);
      } else if (run > 0) {
        longestRun = Math.max(longestRun, run + leading(octet, last & 1));
        run = 0;
      }
      last = octet;
      if (windowAt == 0) {
        windowSample = octet >> 7 & 1;
        windowMatches = 0;
      }
      windowMatches += Integer.bitCount(octet & 0xff);
      windowAt += 8;
      if (windowAt == Cutoffs.BIT_WINDOW) {
        mostMatches = Math.max(mostMatches, matches());
        windowAt = 0;
      }
    }
    mostMatches = Math.max(mostMatches, windowAt == 0 ? 0 : matches());
  }

  /** Of a window of bits the ones are counted. */
  private int matches() {
    return windowSample == 1 ? windowMatches : windowAt - windowMatches;
  }

  /** How many bits at the end of an octet are this one; none if there was no octet. */
  private static int trailing(int octet, int bit) {
    return octet == NONE
        ? 0
        : Math.min(8, Integer.numberOfTrailingZeros(bit == 1 ? ~octet : octet));
  }

  private static int leading(int octet, int bit) {
    return Integer.numberOfLeadingZeros((bit == 1 ? ~octet : octet) & 0xff) - 24;
  }
}
