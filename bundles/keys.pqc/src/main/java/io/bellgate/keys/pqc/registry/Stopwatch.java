package io.bellgate.keys.pqc.registry;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.GeneralSecurityException;

/** Counts operations per second of processor time of this thread. */
public final class Stopwatch {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Stopwatch() {}

  /**
   * Repeats an operation, a third of the time to warm up, and then counts.
   *
   * @param millis processor time to spend; one operation is made in any case
   * @throws GeneralSecurityException if the operation does
   */
  public static double perSecond(Trial.Step step, long millis) throws GeneralSecurityException {
    long warm = nanos() + millis * 1_000_000 / 3;
    do {
      step.run();
    } while (nanos() < warm && !Thread.currentThread().isInterrupted());
    long begun = nanos();
    long end = begun + millis * 1_000_000 * 2 / 3;
    long done = 0;
    long now;
    do {
      step.run();
      done++;
      now = nanos();
    } while (now < end && !Thread.currentThread().isInterrupted());
    return done * 1e9 / Math.max(1, now - begun);
  }

  private static long nanos() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }
}
