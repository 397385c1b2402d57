package io.bellgate.coap.node.blocks;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What waits for the next block of a peer: for 247 s (EXCHANGE_LIFETIME, RFC 7252, section 4.8.2),
 * at most four to a peer, what was touched longest ago goes first: 1,000 and 2 MiB in all of peers
 * that have a key, and apart from them 1,000 and 512 KiB of others: who forges addresses takes the
 * places of those that cannot be told from forged ones, and of nobody else. Guarded by itself.
 */
final class Waiting<T> {
  static final long LIFETIME_MILLIS = 247_000;
  private static final int MOST = 1_000;
  private static final int MOST_OF_A_PEER = 4;

  private final Pool proven = new Pool(2 << 20);
  private final Pool others = new Pool(1 << 19);

  /** One of them. */
  private record Kept<T>(T value, int octets, long untilMillis) {}

  private final class Pool {
    private final Map<TransferKey, Kept<T>> byKey = new LinkedHashMap<>();
    private final long mostOctets;
    private long octets;

    Pool(long mostOctets) {
      this.mostOctets = mostOctets;
    }

    void put(TransferKey key, Kept<T> kept) {
      boolean begins = remove(key) == null;
      if (begins && count(key.peer()) >= MOST_OF_A_PEER) {
        remove(eldest(key.peer()));
      }
      byKey.put(key, kept);
      octets += kept.octets();
      while (byKey.size() > MOST || octets > mostOctets) {
        remove(byKey.keySet().iterator().next());
      }
    }

    private long count(Peer peer) {
      return byKey.keySet().stream().filter(k -> k.peer().equals(peer)).count();
    }

    private TransferKey eldest(Peer peer) {
      return byKey.keySet().stream().filter(k -> k.peer().equals(peer)).findFirst().orElseThrow();
    }

    Kept<T> remove(TransferKey key) {
      Kept<T> gone = byKey.remove(key);
      if (gone != null) {
        octets -= gone.octets();
      }
      return gone;
    }

    void expire(long nowMillis) {
      Iterator<Kept<T>> all = byKey.values().iterator();
      while (all.hasNext()) {
        Kept<T> kept = all.next();
        if (kept.untilMillis() > nowMillis) {
          return; // those behind it were touched later
        }
        octets -= kept.octets();
        all.remove();
      }
    }
  }

  private Pool pool(TransferKey key) {
    return key.peer().proven() ? proven : others;
  }

  /** Keeps, or keeps longer; what was there under this key is forgotten. */
  synchronized void put(TransferKey key, T value, int octets, long nowMillis) {
    Pool pool = pool(key);
    pool.expire(nowMillis);
    pool.put(key, new Kept<>(value, octets, nowMillis + LIFETIME_MILLIS));
  }

  synchronized Optional<T> get(TransferKey key, long nowMillis) {
    Pool pool = pool(key);
    pool.expire(nowMillis);
    return Optional.ofNullable(pool.byKey.get(key)).map(Kept::value);
  }

  synchronized void remove(TransferKey key) {
    pool(key).remove(key);
  }

  synchronized int size() {
    return proven.byKey.size() + others.byKey.size();
  }

  /** All of them, those touched longest ago first. */
  void forEach(long nowMillis, BiConsumer<TransferKey, T> action) {
    List<Map.Entry<TransferKey, Kept<T>>> all = new ArrayList<>();
    synchronized (this) {
      for (Pool pool : List.of(others, proven)) {
        pool.expire(nowMillis);
        all.addAll(pool.byKey.entrySet());
      }
    }
    all.forEach(entry -> action.accept(entry.getKey(), entry.getValue().value()));
  }
}
