package io.bellgate.gateway.router;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.policy.Protection;
import io.bellgate.gateway.router.protect.SendKeys;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Protects messages to one peer: each under the first acceptable protection that can be had. What
 * could not be had is passed over for a while ({@link HoldDown}), but only where another acceptable
 * one can be had: no message waits for a hold-down. For one thread, but {@link #drop} for any.
 */
final class Protector {
  private final String peer;
  private final SendKeys keys;
  private final HoldDown holdDown;
  private final Epoch epoch;
  private final Counters counters;
  private final InstantSource clock;

  Protector(
      String peer,
      SendKeys keys,
      HoldDown holdDown,
      Epoch epoch,
      Counters counters,
      InstantSource clock) {
    this.peer = peer;
    this.keys = keys;
    this.holdDown = holdDown;
    this.epoch = epoch;
    this.counters = counters;
    this.clock = clock;
  }

  /** Looks after what is held down; to be called now and then. */
  void observe() {
    holdDown.observe(this::available);
  }

  private boolean available(Protection protection, int octets) {
    boolean available = keys.available(protection, epoch.number(), octets);
    if (!available) {
      keys.want(protection);
    }
    return available;
  }

  /**
   * Protects.
   *
   * @return empty if no acceptable protection can be had now
   * @throws io.bellgate.api.ops.Gone if the pool or the combiner is being swapped: a swap is no
   *     reason to fall back
   */
  Optional<SendKeys.Sealed> protect(long transfer, Item item) {
    observe();
    byte[] plain = item.travelling().encode();
    Optional<SendKeys.Sealed> sealed = Optional.empty();
    for (Protection protection : inOrder(item.acceptable())) {
      if (sealed.isEmpty() && keys.fits(protection, plain.length)) {
        sealed = keys.seal(protection, epoch.number(), transfer, plain);
        if (sealed.isEmpty()) {
          holdDown.failed(protection, plain.length);
        }
      }
    }
    sealed.ifPresent(s -> record(item, s));
    return sealed;
  }

  /** What is held down comes last. */
  private List<Protection> inOrder(List<Protection> acceptable) {
    List<Protection> order = new ArrayList<>(acceptable);
    order.removeIf(holdDown::holds);
    acceptable.stream().filter(holdDown::holds).forEach(order::add);
    return order;
  }

  private void record(Item item, SendKeys.Sealed sealed) {
    counters.changes().sent(item, peer, sealed.protection(), clock.instant());
    counters.decided(
        item.message().id()
            + " rule="
            + item.rule()
            + " -> "
            + peer
            + " "
            + sealed.protection().word()
            + " key="
            + joined(sealed.keys())
            + " origin="
            + joined(sealed.origins()));
  }

  /** As evidence has lists. */
  static String joined(List<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(" + "));
  }

  /** The peer does not know these keys. */
  void drop(List<KeyId> unknown) {
    keys.drop(unknown);
  }
}
