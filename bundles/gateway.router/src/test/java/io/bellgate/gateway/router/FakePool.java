package io.bellgate.gateway.router;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * A pool in memory that shares its keys with the peer's: {@link #fill} puts the same keys into both
 * ends.
 */
final class FakePool implements KeyPool {
  private final Deque<Key> own = new ArrayDeque<>();
  private final Map<KeyId, Key> peers = new HashMap<>();
  final Set<KeyId> taken = new HashSet<>();

  static void fill(FakePool taker, FakePool receiver, KeyOrigin.Kind kind, int keys) {
    for (int i = 0; i < keys; i++) {
      byte[] octets = new byte[32];
      new java.util.Random(System.identityHashCode(taker) + i).nextBytes(octets);
      KeyId id = new KeyId(UUID.randomUUID(), 0, 32);
      KeyOrigin origin = new KeyOrigin(kind, false, false, Map.of("algorithm", "fake"));
      taker.add(new Key(id, origin, Secret.copyOf(octets)));
      receiver.expect(new Key(id, origin, Secret.copyOf(octets)));
    }
  }

  private synchronized void add(Key key) {
    own.add(key);
  }

  private synchronized void expect(Key key) {
    peers.put(key.id(), key);
  }

  @Override
  public synchronized Optional<Key> take(
      String peer, Purpose purpose, int octets, Predicate<KeyOrigin> acceptable) {
    Optional<Key> key = own.stream().filter(k -> acceptable.test(k.origin())).findFirst();
    key.ifPresent(
        k -> {
          own.remove(k);
          if (!taken.add(k.id())) {
            throw new AssertionError("a key was taken twice");
          }
        });
    return key;
  }

  @Override
  public synchronized Optional<Reservation> reserve(String peer, KeyId id) {
    Key key = peers.get(id);
    if (key == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Reservation() {
          @Override
          public Key key() {
            return key;
          }

          @Override
          public void commit() {
            peers.remove(id);
          }

          @Override
          public void close() {}
        });
  }

  synchronized int left() {
    return peers.size();
  }

  @Override
  public synchronized List<Stock> stocks() {
    Map<KeyOrigin, Long> octets = new HashMap<>();
    own.forEach(k -> octets.merge(k.origin(), 32L, Long::sum));
    return octets.entrySet().stream()
        .map(e -> new Stock("bob", e.getKey(), e.getValue(), 0, 0, 0, 0, State.READY, -1))
        .toList();
  }

  @Override
  public void deposit(KeyBlock block) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean confirm(String peer, UUID block) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void discard(String peer, UUID block) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<UUID> unconfirmed(String peer) {
    return List.of();
  }
}
