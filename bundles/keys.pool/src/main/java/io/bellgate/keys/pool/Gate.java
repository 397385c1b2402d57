package io.bellgate.keys.pool;

import io.bellgate.api.ops.Gone;
import java.time.Duration;
import java.util.function.Supplier;

/** Counts calls in and out, and can be shut: calls then answer {@link Gone}. Thread safe. */
final class Gate {
  private final String what;
  private int inside;
  private boolean open = true;

  Gate(String what) {
    this.what = what;
  }

  /** Calls inside the gate. */
  <T> T run(Supplier<T> call) {
    enter();
    try {
      return call.get();
    } finally {
      leave();
    }
  }

  synchronized void enter() {
    if (!open) {
      throw new Gone(what);
    }
    inside++;
  }

  synchronized void leave() {
    inside--;
    notifyAll();
  }

  /**
   * Shuts the gate and waits for those inside.
   *
   * @return how many are still inside; the gate stays shut
   */
  synchronized int shut(Duration bound) {
    open = false;
    long end = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (long left = bound.toNanos(); inside > 0 && left > 0; left = end - System.nanoTime()) {
      try {
        wait(left / 1_000_000 + 1);
      } catch (InterruptedException cancelled) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return inside;
  }

  synchronized void reopen() {
    open = true;
  }
}
