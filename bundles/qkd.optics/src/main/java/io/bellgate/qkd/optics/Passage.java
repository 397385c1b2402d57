package io.bellgate.qkd.optics;

import java.util.SplittableRandom;

/**
 * The pulses of one block on their way. Simulated. Driven by events: it jumps from one candidate to
 * the next by a geometric gap, so that its cost goes with clicks and not with pulses. Since gaps
 * have no memory, the physics may change between any two batches. For one thread.
 *
 * <p>Every candidate takes the same number of draws, and positions have a generator of their own:
 * which pulses are candidates depends on no setting and on no outcome.
 */
final class Passage {
  /** The most candidates of a batch. */
  static final int MOST = 8192;

  private final SplittableRandom positions;
  private final SplittableRandom outcomes;
  private long measured;
  private long right;

  Passage(long seed) {
    SplittableRandom source = new SplittableRandom(seed);
    positions = source.split();
    outcomes = source.split();
  }

  /**
   * The next candidates.
   *
   * @param from first pulse
   * @param to the first pulse after, at most 2^31-1 more; the batch ends earlier if it is full
   * @param candidate probability of each pulse
   */
  Batch next(long from, long to, double candidate) {
    int[] offsets = new int[MOST];
    int count = 0;
    long pulse = from - 1;
    double log = Math.log1p(-candidate);
    while (count < MOST && candidate > 0) {
      // P(gap >= g) = (1-p)^g
      long gap = candidate >= 1 ? 0 : (long) (Math.log(1 - positions.nextDouble()) / log);
      if (gap >= to - 1 - pulse) {
        break;
      }
      pulse += 1 + gap;
      offsets[count++] = (int) (pulse - from);
    }
    return new Batch(from, count == MOST ? pulse + 1 : to, java.util.Arrays.copyOf(offsets, count));
  }

  /** What clicks at Bob, for each candidate of a batch: see {@link Odds#outcome}. */
  byte[] outcomes(byte[] alice, byte[] bob, Odds odds, Eve eve) {
    byte[] clicked = new byte[alice.length];
    for (int i = 0; i < clicked.length; i++) {
      double draw = outcomes.nextDouble();
      long eves = outcomes.nextLong();
      int state = alice[i];
      if (eve.intercepts(eves)) {
        state = Eve.resent(state, eves);
        measured++;
        right += (state ^ alice[i] ^ 1) & 1;
      }
      clicked[i] = odds.outcome(state, bob[i], draw);
    }
    return clicked;
  }

  /** Pulses of which somebody measured the value, among candidates. */
  long measured() {
    return measured;
  }

  /** Of these, those in which what was found is what Alice sent. */
  long right() {
    return right;
  }

  /**
   * Candidates of a range of pulses.
   *
   * @param from first pulse
   * @param to first pulse after
   * @param offsets rising, from {@code from}
   */
  record Batch(long from, long to, int[] offsets) {}
}
