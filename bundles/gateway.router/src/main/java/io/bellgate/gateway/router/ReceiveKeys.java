package io.bellgate.gateway.router;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.policy.Protection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that one peer sends under, with a replay window each. A key enters once its first
 * message verified, and is committed in the pool at that moment; a forged key ID burns nothing.
 * Bounded; a key that was pushed out is unknown, and the peer takes another. Guarded by itself.
 */
final class ReceiveKeys {
  private static final int MOST = 32;

  private static final class Known {
    final MessageKey key;
    final Protection protection;
    final Ranges seen = new Ranges();

    Known(MessageKey key, Protection protection) {
      this.key = key;
      this.protection = protection;
    }
  }

  private final String site;
  private final String peer;
  private final Surroundings around;
  private final Map<KeyId, Known> keys =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<KeyId, Known> eldest) {
          return size() > MOST;
        }
      };

  ReceiveKeys(String site, String peer, Surroundings around) {
    this.site = site;
    this.peer = peer;
    this.around = around;
  }

  /**
   * Verifies and opens a message.
   *
   * @return what it says and the key; empty if the key is not known here
   * @throws Malformed if it does not verify
   * @throws io.bellgate.api.ops.Gone if the pool is being swapped
   */
  synchronized Optional<Opened> open(Envelope envelope, long transfer) {
    Envelope.Direction direction = new Envelope.Direction(peer, site, transfer);
    Known known = keys.get(envelope.keyId());
    if (known != null) {
      return Optional.of(opened(known, envelope, direction));
    }
    Optional<KeyPool.Reservation> reserved =
        around.pool().flatMap(p -> p.reserve(peer, envelope.keyId()));
    if (reserved.isEmpty()) {
      return Optional.empty();
    }
    try (KeyPool.Reservation reservation = reserved.get()) {
      if (!SendKeys.accepts(envelope.protection()).test(reservation.key().origin())) {
        throw new Malformed(
            "BG-ROUTE-015",
            "a key of this origin cannot give this protection: protection="
                + envelope.protection().word()
                + " origin="
                + reservation.key().origin());
      }
      Known fresh =
          new Known(
              MessageKey.derive(reservation.key(), peer, site, envelope.protection().word()),
              envelope.protection());
      Opened opened = opened(fresh, envelope, direction);
      reservation.commit();
      reservation.key().secret().destroy();
      keys.put(envelope.keyId(), fresh);
      return Optional.of(opened);
    }
  }

  private static Opened opened(Known known, Envelope envelope, Envelope.Direction direction) {
    if (envelope.protection() != known.protection) {
      throw new Malformed(
          "BG-ROUTE-015",
          "a key gives one protection, that of its first message: protection="
              + envelope.protection().word());
    }
    byte[] plain = envelope.open(known.key, direction);
    boolean again = known.seen.known(envelope.sequence()) != Ranges.Known.NEW;
    if (!again) {
      known.seen.add(envelope.sequence());
    }
    return new Opened(plain, known.key, again);
  }

  /**
   * A verified message.
   *
   * @param plain what it says
   * @param key the key it verified under
   * @param again true if this sequence was opened before: a retransmission or a replay
   */
  record Opened(byte[] plain, MessageKey key, boolean again) {}
}
