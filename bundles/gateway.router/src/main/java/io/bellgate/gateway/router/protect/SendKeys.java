package io.bellgate.gateway.router.protect;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.policy.Protection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The keys this gateway sends under to one peer. A derived key, one per protection, is replaced by
 * use, by age and when the policy epoch changes; a one-time pad is taken for each message. {@link
 * #seal} is for one thread, the others for any.
 */
public final class SendKeys implements AutoCloseable {
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
  private final KeyServices around;
  private final KeyUse limits;
  private final LongSupplier nanos;

  /** Guarded by itself, as is what it holds; the pool is never called under this lock. */
  private final Map<Protection, InUse> inUse = new EnumMap<>(Protection.class);

  private final Map<Protection, KeyParts> parts = new EnumMap<>(Protection.class);

  public SendKeys(String site, String peer, KeyServices around, KeyUse limits, LongSupplier nanos) {
    this.site = site;
    this.peer = peer;
    this.around = around;
    this.limits = limits;
    this.nanos = nanos;
    for (Protection protection : Protection.values()) {
      parts.put(protection, new KeyParts(protection));
    }
  }

  /**
   * Whether a protection can protect a message at all: a one-time pad is no longer than the longest
   * key of the pool.
   *
   * @param plain octets of the message
   */
  public boolean fits(Protection protection, int plain) {
    return !protection.oneTime() || padOctets(plain) <= KeyPool.MAX_KEY_OCTETS;
  }

  private long padOctets(int plain) {
    return OneTimePad.keyOctets(plain, limits.paddingOctets());
  }

  /**
   * Whether a protection can be had now: a key is in use, or the pool gives what it needs.
   *
   * @param epoch the policy epoch now
   * @param plain octets of the message, or 0 if it is not known yet
   */
  public boolean available(Protection protection, long epoch, int plain) {
    try {
      if (protection.oneTime()) {
        return fits(protection, plain) && padStock(protection, padOctets(plain));
      }
      synchronized (inUse) {
        if (usable(inUse.get(protection), epoch)) {
          return true;
        }
      }
      Optional<KeyPool> pool = around.pool();
      return pool.isPresent() && parts.get(protection).lacking(pool.get(), peer).isEmpty();
    } catch (Gone e) {
      return false;
    }
  }

  /** Asks the producers for the keys that a protection lacks. */
  public void want(Protection protection) {
    try {
      Optional<KeyPool> pool = around.pool();
      if (protection.oneTime()) {
        around.wanted(peer, KeyOrigin.Kind.QKD);
      } else if (pool.isPresent()) {
        parts.get(protection).lacking(pool.get(), peer).ifPresent(k -> around.wanted(peer, k));
      }
    } catch (Gone swap) {
      // asked again with the next message
    }
  }

  private boolean padStock(Protection protection, long octets) {
    Demand demand = Demand.of(protection);
    return around.pool().stream()
        .flatMap(p -> p.stocks().stream())
        .anyMatch(s -> KeyParts.gives(s, peer, demand, demand.positions().get(0), octets));
  }

  private boolean usable(InUse use, long epoch) {
    return use != null
        && use.key.epoch() == epoch
        && use.next < limits.messages()
        && nanos.getAsLong() - use.sinceNanos < TimeUnit.SECONDS.toNanos(limits.seconds());
  }

  /**
   * Protects with the key in use or with what the pool gives.
   *
   * @param epoch the policy epoch now
   * @param transfer the number of the message
   * @return empty if there is no such key now, or the message does not fit; a key that was taken
   *     then is kept for the next call
   * @throws Gone if the pool or the combiner is being swapped; likewise
   */
  public Optional<Sealed> seal(Protection protection, long epoch, long transfer, byte[] plain) {
    Direction direction = new Direction(site, peer, transfer);
    if (protection.oneTime()) {
      return pad(protection, epoch, direction, plain);
    }
    synchronized (inUse) {
      InUse use = inUse.get(protection);
      if (usable(use, epoch)) {
        return Optional.of(sealed(use, direction, plain));
      }
    }
    Optional<InUse> fresh = derive(protection, epoch);
    synchronized (inUse) {
      fresh.ifPresent(use -> inUse.put(protection, use));
      return fresh.map(use -> sealed(use, direction, plain));
    }
  }

  private static Sealed sealed(InUse use, Direction direction, byte[] plain) {
    MessageKey key = use.key;
    return new Sealed(
        Envelope.seal(key, use.next++, direction, plain),
        key.ids(),
        key.origins(),
        key.protection());
  }

  private Optional<InUse> derive(Protection protection, long epoch) {
    KeyParts keys = parts.get(protection);
    Optional<KeyOrigin.Kind> lacking = keys.gather(around.poolOrGone(), peer);
    if (lacking.isPresent()) {
      around.wanted(peer, lacking.get());
      return Optional.empty();
    }
    MessageKey.Scope scope = new MessageKey.Scope(protection, site, peer, epoch);
    MessageKey key = MessageKey.derive(around.combinerOrGone(), scope, keys.all());
    keys.used();
    return Optional.of(new InUse(key, nanos.getAsLong()));
  }

  private Optional<Sealed> pad(
      Protection protection, long epoch, Direction direction, byte[] plain) {
    if (!fits(protection, plain.length)) {
      return Optional.empty();
    }
    Demand demand = Demand.of(protection);
    int octets = (int) padOctets(plain.length);
    Demand.Position position = demand.positions().get(0);
    Optional<Key> taken =
        around.poolOrGone().take(peer, demand.purpose(), octets, position::accepts);
    if (taken.isEmpty()) {
      around.wanted(peer, position.kind());
      return Optional.empty();
    }
    try (Secret secret = taken.get().secret()) {
      Key key = new Key(taken.get().id(), taken.get().origin(), secret);
      return Optional.of(
          new Sealed(
              Envelope.seal(protection, key, epoch, direction, plain),
              List.of(key.id()),
              List.of(key.origin()),
              protection));
    }
  }

  /** Never uses these keys again: the peer does not know them. */
  public void drop(List<KeyId> keys) {
    synchronized (inUse) {
      inUse.values().removeIf(use -> use.key.ids().equals(keys));
    }
  }

  /** Destroys what was taken and not used. */
  @Override
  public void close() {
    parts.values().forEach(KeyParts::used);
  }

  /**
   * A protected message, ready to send and to send again.
   *
   * @param octets the envelope; a retransmission sends these very octets
   * @param keys which keys
   * @param origins where each of them comes from
   * @param protection what it is
   */
  public record Sealed(
      byte[] octets, List<KeyId> keys, List<KeyOrigin> origins, Protection protection) {}
}
