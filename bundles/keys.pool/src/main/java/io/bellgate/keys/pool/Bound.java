package io.bellgate.keys.pool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting with an end. */
final class Bound {
  private Bound() {}

  /** Whether it was done in time; an interrupt ends the wait and is kept. */
  static boolean await(CompletableFuture<Void> done, Duration bound) {
    try {
      done.get(bound.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException late) {
      return false;
    }
  }
}
