package io.bellgate.coap.node;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps who reads datagrams from running ahead of who works on them: at most some 1,200 are in
 * between, and others wait in the kernel, which drops what is too much. The queue of the one who
 * works is first in, first out, so a mark behind each batch says when that is done. One reader.
 */
final class Backlog {
  private static final int BATCH = 128;
  private static final int BATCHES = 8;

  private final Semaphore free = new Semaphore(BATCHES);
  private final Executor working;
  private int read;

  Backlog(Executor working) {
    this.working = working;
  }

  /** One more was read. */
  void read() {
    read++;
  }

  /**
   * Whether another may be read; waits for it.
   *
   * @param millis the longest to wait
   */
  boolean mayRead(long millis) throws InterruptedException {
    if (read < BATCH) {
      return true;
    }
    if (!free.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      return false;
    }
    read = 0;
    try {
      working.execute(free::release);
    } catch (RejectedExecutionException closed) {
      free.release(); // nobody works any more: what is read goes nowhere
    }
    return true;
  }
}
