package io.bellgate.gateway.router;

import io.bellgate.api.policy.Protection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Protections with one peer that could not be had: the next one of a rule is preferred to them
 * until they could be had without a break for a while. So a key stock at its edge makes a rule
 * change its protection once, not with every message. For one thread.
 */
final class HoldDown {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Whether a protection could be had now. */
  interface Availability {
    boolean test(Protection protection, int octets);
  }

  private static final class Down {
    final int octets;
    boolean available;
    long sinceNanos;

    Down(int octets) {
      this.octets = octets;
    }
  }

  private final long holdNanos;
  private final LongSupplier nanos;
  private final Map<Protection, Down> down = new EnumMap<>(Protection.class);
  private long lookedNanos;

  HoldDown(int seconds, LongSupplier nanos) {
    this.holdNanos = TimeUnit.SECONDS.toNanos(seconds);
    this.nanos = nanos;
  }

  /**
   * It could not be had.
   *
   * @param octets of the message it was wanted for
   */
  void failed(Protection protection, int octets) {
    down.put(protection, new Down(octets));
  }

  boolean holds(Protection protection) {
    return down.containsKey(protection);
  }

  /** Looks whether what is held down can be had again; often called, looks now and then. */
  void observe(Availability availability) {
    long now = nanos.getAsLong();
    if (down.isEmpty() || now - lookedNanos < LOOK_NANOS) {
      return;
    }
    lookedNanos = now;
    down.entrySet()
        .removeIf(e -> isOver(e.getValue(), availability.test(e.getKey(), e.getValue().octets)));
  }

  private boolean isOver(Down state, boolean available) {
    if (available && !state.available) {
      state.sinceNanos = nanos.getAsLong();
    }
    state.available = available;
    return available && nanos.getAsLong() - state.sinceNanos >= holdNanos;
  }
}
