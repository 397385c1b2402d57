package io.bellgate.gateway.router;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.policy.Protection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The keys this gateway sends under to one peer: one at a time per protection, taken from the pool,
 * replaced by use and by age. For one thread, but {@link #drop} and {@link #available} for any.
 */
final class SendKeys {
  private static final class InUse {
    final MessageKey key;
    final long sinceNanos;
    long next;

    InUse(MessageKey key, long sinceNanos) {
      this.key = key;
      this.sinceNanos = sinceNanos;
    }
  }

  private final String site;
  private final String peer;
  private final Surroundings around;
  private final Settings settings;
  private final LongSupplier nanos;
  private final Map<Protection, InUse> inUse = new EnumMap<>(Protection.class);

  SendKeys(String site, String peer, Surroundings around, Settings settings, LongSupplier nanos) {
    this.site = site;
    this.peer = peer;
    this.around = around;
    this.settings = settings;
    this.nanos = nanos;
  }

  /**
   * Which origins a protection accepts; the only place that says so. A classical key meets no other
   * demand.
   */
  static Predicate<KeyOrigin> accepts(Protection protection) {
    return switch (protection) {
      case PQC -> o -> o.kind() == KeyOrigin.Kind.PQC;
      case PQC_PURE ->
          o -> o.kind() == KeyOrigin.Kind.PQC && "false".equals(o.attributes().get("hybrid"));
      case CLASSICAL -> o -> o.kind() == KeyOrigin.Kind.CLASSICAL;
      case OTP, QKD, QKD_PQC -> o -> false; // no quantum link in this version: cannot be had
    };
  }

  /** The kind to ask producers for. */
  static KeyOrigin.Kind kind(Protection protection) {
    return switch (protection) {
      case PQC, PQC_PURE -> KeyOrigin.Kind.PQC;
      case CLASSICAL -> KeyOrigin.Kind.CLASSICAL;
      case OTP, QKD, QKD_PQC -> KeyOrigin.Kind.QKD;
    };
  }

  /** Whether a protection can be had now: a key is in use or in the pool. */
  boolean available(Protection protection) {
    synchronized (inUse) {
      if (usable(inUse.get(protection))) {
        return true;
      }
    }
    try {
      return around.pool().stream()
          .flatMap(p -> p.stocks().stream())
          .anyMatch(
              s ->
                  s.peer().equals(peer)
                      && s.own() >= KeyPool.CHUNK_OCTETS
                      && accepts(protection).test(s.origin()));
    } catch (Gone e) {
      return false;
    }
  }

  private boolean usable(InUse use) {
    return use != null
        && use.next < settings.messages_per_key()
        && nanos.getAsLong() - use.sinceNanos
            < TimeUnit.SECONDS.toNanos(settings.seconds_per_key());
  }

  /**
   * Protects with the current key or the next one from the pool.
   *
   * @return empty if there is no such key now; nothing was consumed then
   */
  Optional<Sealed> seal(Protection protection, long epoch, long transfer, byte[] plain) {
    Envelope.Direction direction = new Envelope.Direction(site, peer, transfer);
    synchronized (inUse) {
      InUse use = inUse.get(protection);
      if (!usable(use)) {
        use = fresh(protection);
        if (use == null) {
          return Optional.empty();
        }
        inUse.put(protection, use);
      }
      byte[] octets = Envelope.seal(use.key, protection, epoch, use.next++, direction, plain);
      return Optional.of(new Sealed(octets, use.key.id(), use.key.origin(), protection));
    }
  }

  private InUse fresh(Protection protection) {
    Optional<Key> taken =
        around
            .pool()
            .flatMap(
                p ->
                    p.take(
                        peer, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, accepts(protection)));
    if (taken.isEmpty()) {
      around.wanted(peer, kind(protection));
      return null;
    }
    try (io.bellgate.api.bits.Secret secret = taken.get().secret()) {
      return new InUse(
          MessageKey.derive(
              new Key(taken.get().id(), taken.get().origin(), secret),
              site,
              peer,
              protection.word()),
          nanos.getAsLong());
    }
  }

  /** Never uses a key again: the peer does not know it. */
  void drop(KeyId id) {
    synchronized (inUse) {
      inUse.values().removeIf(u -> u.key.id().equals(id));
    }
  }

  /**
   * A protected message, ready to send and to send again.
   *
   * @param octets the envelope; a retransmission sends these very octets
   * @param key which key
   * @param origin where the key comes from
   * @param protection what it is
   */
  record Sealed(byte[] octets, KeyId key, KeyOrigin origin, Protection protection) {}
}
