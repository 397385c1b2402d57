package io.bellgate.coap.node.renewal;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How fast key comes into a stock, judged by what is in it: what it gained between two looks, and
 * what nodes took meanwhile, over the last ten minutes. What others take in between is not counted,
 * so it is what is left over for nodes. Not thread safe.
 */
final class KeyRate {
  /** Looks are at least so far apart. */
  static final long STEP_NANOS = 10_000_000_000L;

  private static final int MOST_STEPS = 60;
  private static final int LEAST_STEPS = 6;

  private record Step(long nanos, long gained) {}

  private final Deque<Step> steps = new ArrayDeque<>();
  private long lookedNanos;
  private long before = -1;
  private long taken;

  /** Octets that a node was given. */
  void taken(long octets) {
    taken += octets;
  }

  /**
   * Looks, unless it did a moment ago.
   *
   * @param own octets in the stock
   */
  void look(long nowNanos, long own) {
    if (before < 0) {
      before = own;
      taken = 0;
      lookedNanos = nowNanos;
    } else if (nowNanos - lookedNanos >= STEP_NANOS) {
      steps.add(new Step(nowNanos - lookedNanos, Math.max(0, own - before + taken)));
      if (steps.size() > MOST_STEPS) {
        steps.remove();
      }
      before = own;
      taken = 0;
      lookedNanos = nowNanos;
    }
  }

  /** Octets a second; negative before the first minute is over. */
  double octetsPerSecond() {
    if (steps.size() < LEAST_STEPS) {
      return -1;
    }
    double nanos = steps.stream().mapToLong(Step::nanos).sum();
    return steps.stream().mapToLong(Step::gained).sum() / (nanos / 1e9);
  }
}
