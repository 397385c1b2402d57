package io.bellgate.ops.demo;

import io.bellgate.api.ops.Command;
import java.io.IOException;

/**
 * The run of a command that starts processes: whoever stops the bundle (an operator's Ctrl-C, a
 * SIGTERM) waits until it has ended them.
 */
public final class Cancellable {
  private static final long END_MILLIS = 40_000;

  private volatile Thread running;

  /** What is run; ends what it started when it is interrupted. */
  public interface Work {
    /** Runs; returns an exit code of {@link Command}. */
    int run() throws IOException, InterruptedException;
  }

  /** Runs on the calling thread. */
  public int run(Work work) throws IOException, InterruptedException {
    running = Thread.currentThread();
    try {
      return work.run();
    } finally {
      running = null;
    }
  }

  /** Interrupts the run, if there is one, and waits up to 40 s for its end. */
  public void cancel() throws InterruptedException {
    Thread thread = running;
    if (thread != null && thread != Thread.currentThread()) {
      thread.interrupt();
      for (long waited = 0; running != null && waited < END_MILLIS; waited += 50) {
        Thread.sleep(50);
      }
    }
  }
}
