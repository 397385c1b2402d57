package io.bellgate.peer.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.peer.link.tls.KeyName;
import io.bellgate.peer.link.tls.PreSharedKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keys of the quantum link for handshakes. At the dialling end a key is taken, for good, before it
 * is offered; at the answering end it is reserved, and committed when the peer's Finished was
 * verified. Thread safe.
 */
final class PoolKeys {
  private static final System.Logger LOG = System.getLogger(PoolKeys.class.getName());
  private static final int MOST_OWED = 256;
  private static final long FIRST_PAUSE_NANOS = 10_000_000_000L;

  /** After the pool gave nothing though its stock looked good: it has to meet the peer's, say. */
  private static final long EMPTY_PAUSE_NANOS = 1_000_000_000L;

  /** The longest pause is so many of the first ones. */
  private static final long MOST_PAUSES = 64;

  private static final long LET_GO_NANOS = 60_000_000_000L;

  /** After a failure: when to try again, and how long the pause was. */
  private record Pause(long untilNanos, long lengthNanos) {}

  private final Supplier<Optional<KeyPool>> pool;
  private final LongSupplier nanos;
  private final Map<String, Pause> pauses = new ConcurrentHashMap<>();
  private final Map<String, Pause> empties = new ConcurrentHashMap<>();
  private final Map<String, List<KeyId>> spent = new ConcurrentHashMap<>();
  private final Map<String, Map<KeyId, Long>> owed = new ConcurrentHashMap<>();

  PoolKeys(Supplier<Optional<KeyPool>> pool, LongSupplier nanos) {
    this.pool = pool;
    this.nanos = nanos;
  }

  private static boolean quantum(KeyOrigin origin) {
    return origin.kind() == KeyOrigin.Kind.QKD;
  }

  /** Whether {@link #take} has a chance. */
  boolean likely(String peer) {
    if (paused(pauses.get(peer)) || paused(empties.get(peer))) {
      return false;
    }
    try {
      return pool.get().stream()
          .flatMap(p -> p.stocks().stream())
          .anyMatch(
              s ->
                  s.peer().equals(peer) && quantum(s.origin()) && s.gives(KeyPool.Purpose.CHANNEL));
    } catch (Gone e) {
      return false;
    }
  }

  /** Takes a key to offer; it is used up whatever becomes of it. */
  Optional<Key> take(String peer) {
    try {
      if (!likely(peer)) {
        return Optional.empty();
      }
      Optional<Key> taken =
          pool.get()
              .flatMap(
                  p ->
                      p.take(
                          peer, KeyPool.Purpose.CHANNEL, KeyPool.CHUNK_OCTETS, PoolKeys::quantum));
      if (taken.isEmpty()) {
        pause(empties, peer, EMPTY_PAUSE_NANOS);
      } else {
        empties.remove(peer);
      }
      return taken;
    } catch (Gone e) {
      return Optional.empty();
    }
  }

  /** A handshake with this key came to nothing: no key is offered for a while. */
  void failed(String peer, KeyId key) {
    spent(peer, key);
    pause(pauses, peer, FIRST_PAUSE_NANOS);
  }

  private boolean paused(Pause pause) {
    return pause != null && nanos.getAsLong() - pause.untilNanos() < 0;
  }

  /** Longer each time, until one succeeds. */
  private void pause(Map<String, Pause> which, String peer, long least) {
    which.compute(
        peer,
        (p, before) -> {
          long length =
              before == null
                  ? least
                  : Math.max(least, Math.min(MOST_PAUSES * least, 2 * before.lengthNanos()));
          return new Pause(nanos.getAsLong() + length, length);
        });
  }

  private void spent(String peer, KeyId key) {
    List<KeyId> keys = spent.computeIfAbsent(peer, p -> new ArrayList<>());
    synchronized (keys) {
      if (keys.size() == Hello.MOST_SPENT) {
        keys.remove(0);
      }
      keys.add(key);
    }
  }

  void succeeded(String peer) {
    pauses.remove(peer);
    empties.remove(peer);
  }

  /** Keys that came to nothing, to be told to the peer. */
  List<KeyId> spent(String peer) {
    List<KeyId> keys = spent.getOrDefault(peer, List.of());
    synchronized (keys) {
      return List.copyOf(keys);
    }
  }

  /** The peer knows. */
  void told(String peer, List<KeyId> keys) {
    spent.computeIfPresent(
        peer,
        (p, all) -> {
          synchronized (all) {
            all.removeAll(keys);
            return all;
          }
        });
  }

  /** The peer's keys that came to nothing are used up here, too, as soon as the pool can. */
  void letGo(String peer, List<KeyId> keys) {
    Map<KeyId, Long> all = owed.computeIfAbsent(peer, p -> new LinkedHashMap<>());
    long until = nanos.getAsLong() + LET_GO_NANOS;
    synchronized (all) {
      keys.stream().filter(k -> all.size() < MOST_OWED).forEach(k -> all.putIfAbsent(k, until));
    }
    settle(peer);
  }

  /**
   * Uses up what is still to be let go. The pool may not be there, or not have met the peer's; and
   * a key that it does not give may be reserved by the handshake that came to nothing, which ends
   * in time.
   */
  void settle(String peer) {
    Map<KeyId, Long> all = owed.getOrDefault(peer, Map.of());
    synchronized (all) {
      if (all.isEmpty() || pool.get().isEmpty()) {
        return;
      }
      try {
        for (Map.Entry<KeyId, Long> key : List.copyOf(all.entrySet())) {
          Optional<KeyPool.Reservation> held =
              pool.get().flatMap(p -> p.reserve(peer, key.getKey()));
          held.ifPresent(PoolKeys::use);
          if (held.isPresent() || nanos.getAsLong() - key.getValue() > 0) {
            all.remove(key.getKey());
          }
        }
      } catch (RuntimeException e) { // gone, or its disk fails: later
        LOG.log(System.Logger.Level.DEBUG, "keys that came to nothing wait for the pool", e);
      }
    }
  }

  private static void use(KeyPool.Reservation reservation) {
    try (reservation) {
      reservation.commit();
      reservation.key().secret().destroy();
    }
  }

  /** Looks a key of the peer's up, at the answering end. */
  Optional<PreSharedKeys.Held> find(KeyName name) {
    KeyId id;
    try {
      id = KeyId.parse(name.key());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return pool.get()
        .flatMap(p -> p.reserve(name.initiator(), id))
        .flatMap(
            r -> {
              if (quantum(r.key().origin()) && id.length() == KeyPool.CHUNK_OCTETS) {
                return Optional.of(new Reserved(r));
              }
              r.close();
              return Optional.empty();
            });
  }

  /** A key of the peer's while it is being verified. */
  private record Reserved(KeyPool.Reservation reservation) implements PreSharedKeys.Held {
    @Override
    public Secret secret() {
      return reservation.key().secret();
    }

    @Override
    public PeerSession.Level level() {
      return PeerSession.Level.QKD_PQC;
    }

    @Override
    public String origin() {
      return reservation.key().origin().toString();
    }

    @Override
    public void commit() {
      reservation.commit();
      reservation.key().secret().destroy();
    }

    @Override
    public void close() {
      reservation.close();
    }
  }
}
