package io.bellgate.keys.pool;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The one thread of the talk with peers, and its clock. Tests put one of their own in its place.
 */
class Owner implements Executor {
  private static final long TICK_MILLIS = 200;

  private ScheduledExecutorService thread;

  /** A clock that only moves forward. */
  long nanos() {
    return System.nanoTime();
  }

  private synchronized ScheduledExecutorService thread() {
    if (thread == null) {
      thread =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread made = new Thread(work, "keys.pool peers");
                made.setDaemon(true);
                return made;
              });
    }
    return thread;
  }

  @Override
  public void execute(Runnable work) {
    thread().execute(work);
  }

  /** Runs work a few times a second. */
  void every(Runnable work) {
    thread().scheduleWithFixedDelay(work, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Does nothing more. */
  void stop() {
    thread().shutdown();
  }
}
