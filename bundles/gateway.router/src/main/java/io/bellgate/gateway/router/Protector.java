package io.bellgate.gateway.router;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.policy.Protection;
import io.bellgate.gateway.router.protect.SendKeys;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Protects messages to one peer: each under the first acceptable protection that can be had. For
 * one thread, but {@link #drop} for any.
 */
final class Protector {
  private final String peer;
  private final SendKeys keys;
  private final Epoch epoch;
  private final Counters counters;

  Protector(String peer, SendKeys keys, Epoch epoch, Counters counters) {
    this.peer = peer;
    this.keys = keys;
    this.epoch = epoch;
    this.counters = counters;
  }

  /**
   * Protects.
   *
   * @return empty if no acceptable protection can be had now
   * @throws io.bellgate.api.ops.Gone if the pool or the combiner is being swapped: a swap is no
   *     reason to fall back
   */
  Optional<SendKeys.Sealed> protect(long transfer, Item item) {
    byte[] plain = item.travelling().encode();
    Optional<SendKeys.Sealed> sealed = Optional.empty();
    for (Protection protection : item.acceptable()) {
      if (sealed.isEmpty() && keys.fits(protection, plain.length)) {
        sealed = keys.seal(protection, epoch.number(), transfer, plain);
      }
    }
    sealed.ifPresent(s -> record(item, s));
    return sealed;
  }

  private void record(Item item, SendKeys.Sealed sealed) {
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
