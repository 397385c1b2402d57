package io.bellgate.qkd.link;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When the next block may begin: after a rest, or after a wait that doubles with each bad block.
 * Guarded by whoever owns it.
 */
final class BackOff {
  private static final int MOST = 32;

  private final LongSupplier nanos;
  private long notBefore;
  private int factor = 1;

  /**
   * Waits for nothing.
   *
   * @param nanos a clock that only moves forward
   */
  BackOff(LongSupplier nanos) {
    this.nanos = nanos;
    reset();
  }

  boolean over() {
    return nanos.getAsLong() - notBefore >= 0;
  }

  void good(Duration rest) {
    factor = 1;
    notBefore = nanos.getAsLong() + rest.toNanos();
  }

  void bad(Duration retry) {
    notBefore = nanos.getAsLong() + factor * retry.toNanos();
    factor = Math.min(MOST, 2 * factor);
  }

  /** Something changed that may make the next try a good one. */
  void reset() {
    factor = 1;
    notBefore = nanos.getAsLong();
  }
}
