package io.bellgate.qkd.optics;

import java.util.concurrent.TimeUnit;

/** The time that pulses take; tests have their own. */
interface Pace {
  /** The real one. */
  Pace REAL =
      new Pace() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(nanos);
        }
      };

  /** As of {@link System#nanoTime}. */
  long nanos();

  /** Waits; at once if not positive. */
  void sleep(long nanos) throws InterruptedException;
}
