package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does. */
final class Until {
  private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long LOOK_NANOS = 200_000;

  private Until() {}

  /** Fails if it does not become true. */
  static void holds(BooleanSupplier condition) {
    long until = System.nanoTime() + HANG_NANOS;
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < until, "it never happened");
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
