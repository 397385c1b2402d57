package io.bellgate.qkd.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import io.bellgate.qkd.link.channel.TagKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The pool as a link uses it. In the gap of a swap it waits for the successor, within a bound, so
 * that no block is lost to a swap of the pool.
 */
final class PoolAccess implements Deposits, TagKeys {
  private static final long STEP_MILLIS = 20;
  private static final long MOST_OF_TARGET = 4;

  /** A block of the shipped plan uses four. */
  private static final int TAG_CHUNKS = 8;

  /** Keys of a quantum link do not age: what is unused after a year is in nobody's plan. */
  private static final Duration LIFE = Duration.ofDays(365);

  private final Supplier<KeyPool> pools;
  private final String peer;
  private final KeyOrigin origin;
  private final Duration bound;

  /**
   * Makes a way to the pool.
   *
   * @param pools gives null in the gap
   * @param peer the site at the other end
   * @param origin of the keys to be deposited
   * @param bound how long to wait in the gap
   */
  PoolAccess(Supplier<KeyPool> pools, String peer, KeyOrigin origin, Duration bound) {
    this.pools = pools;
    this.peer = peer;
    this.origin = origin;
    this.bound = bound;
  }

  private <T> T call(Function<KeyPool, T> use) throws InterruptedException {
    long end = System.nanoTime() + bound.toNanos();
    while (true) {
      KeyPool pool = pools.get();
      try {
        if (pool != null) {
          return use.apply(pool);
        }
      } catch (Gone swap) {
        // nothing was done: the successor is asked
      }
      if (System.nanoTime() - end >= 0) {
        throw new Gone("keys.pool");
      }
      Thread.sleep(STEP_MILLIS);
    }
  }

  private <T> T callFromChannel(Function<KeyPool, T> use) {
    try {
      return call(use);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new Gone("keys.pool");
    }
  }

  /**
   * Two blocks: its first chunks are tag keys and nothing else, ever. A chunk that somebody may
   * have seen as a pad, or derived a key from, must not authenticate; so both ends know from the
   * origin what a chunk is for.
   */
  @Override
  public void deposit(UUID id, Secret key, boolean fullEntropy) throws InterruptedException {
    int tags = tagOctets(key.length());
    if (tags > 0) {
      store(BlockIds.tagsOf(id), tagOrigin(), key, 0, tags);
    }
    store(
        id,
        fullEntropy ? with(KeyOrigin.BITS, KeyOrigin.FULL_ENTROPY) : origin,
        key,
        tags,
        key.length() - tags);
  }

  private void store(UUID id, KeyOrigin of, Secret key, int from, int octets)
      throws InterruptedException {
    try (Secret part = key.part(from, octets)) {
      call(
          pool -> {
            pool.deposit(new KeyBlock(id, peer, of, part, LIFE));
            return null;
          });
    }
  }

  /** As many for both ends; small blocks keep half of their chunks at least. */
  static int tagOctets(int octets) {
    return Math.min(TAG_CHUNKS, octets / KeyPool.CHUNK_OCTETS / 4 * 2) * KeyPool.CHUNK_OCTETS;
  }

  private KeyOrigin tagOrigin() {
    return new KeyOrigin(
        KeyOrigin.Kind.PRESHARED,
        origin.simulated(),
        origin.relayed(),
        with(KeyOrigin.MADE, "link").attributes());
  }

  private KeyOrigin with(String attribute, String value) {
    Map<String, String> attributes = new TreeMap<>(origin.attributes());
    attributes.put(attribute, value);
    return new KeyOrigin(origin.kind(), origin.simulated(), origin.relayed(), attributes);
  }

  @Override
  public boolean confirm(UUID id) throws InterruptedException {
    return call(
        pool -> {
          boolean held = pool.confirm(peer, id);
          if (held) {
            pool.confirm(peer, BlockIds.tagsOf(id));
          }
          return held;
        });
  }

  @Override
  public void discard(UUID id) throws InterruptedException {
    call(
        pool -> {
          pool.discard(peer, BlockIds.tagsOf(id));
          pool.discard(peer, id);
          return null;
        });
  }

  @Override
  public List<UUID> unconfirmed() throws InterruptedException {
    return call(this::open);
  }

  /** The same without waiting for a pool in a swap, which answers {@link Gone}. */
  List<UUID> unconfirmedNow() {
    return open(now());
  }

  private List<UUID> open(KeyPool pool) {
    return pool.unconfirmed(peer).stream()
        .filter(id -> BlockIds.isBlock(id) || BlockIds.isTags(id))
        .map(BlockIds::blockOf)
        .distinct()
        .toList();
  }

  /** Waits while there are tag keys that the peer's pool has not witnessed yet. */
  @Override
  public Optional<Key> take() {
    try {
      long end = System.nanoTime() + bound.toNanos();
      while (true) {
        Optional<Key> key = call(this::takeTagKey);
        if (key.isPresent() || tagsLeft() == 0 || System.nanoTime() - end >= 0) {
          return key;
        }
        Thread.sleep(STEP_MILLIS);
      }
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw new Gone("keys.pool");
    }
  }

  private Optional<Key> takeTagKey(KeyPool pool) {
    return pool.take(
        peer, KeyPool.Purpose.AUTHENTICATION, KeyPool.CHUNK_OCTETS, TagKeys::authenticates);
  }

  @Override
  public Optional<KeyPool.Reservation> reserve(KeyId id) {
    return callFromChannel(pool -> pool.reserve(peer, id));
  }

  /**
   * Whether there is enough QKD key: for both ends, or, if only one of them uses any, a bounded lot
   * more for the other.
   *
   * @param target octets of both ends together
   */
  boolean full(long target) throws InterruptedException {
    return call(
        pool -> {
          long own = quantum(pool, KeyPool.Stock::own);
          long peers = quantum(pool, KeyPool.Stock::peers);
          return Math.min(own, peers) >= target / 2 || own + peers >= MOST_OF_TARGET * target;
        });
  }

  private long quantum(KeyPool pool, ToLongFunction<KeyPool.Stock> octets) {
    return octets(pool, s -> s.origin().kind() == KeyOrigin.Kind.QKD ? octets.applyAsLong(s) : 0);
  }

  /** Tags that this end can still send. */
  long tagsLeft() throws InterruptedException {
    return call(this::tagsIn);
  }

  /** The same without waiting for a pool in a swap, which answers {@link Gone}. */
  long tagsLeftNow() {
    return tagsIn(now());
  }

  private KeyPool now() {
    KeyPool pool = pools.get();
    if (pool == null) {
      throw new Gone("keys.pool");
    }
    return pool;
  }

  private long tagsIn(KeyPool pool) {
    return octets(
        pool, s -> TagKeys.authenticates(s.origin()) ? s.own() / KeyPool.CHUNK_OCTETS : 0);
  }

  private long octets(KeyPool pool, ToLongFunction<KeyPool.Stock> of) {
    return pool.stocks().stream().filter(s -> s.peer().equals(peer)).mapToLong(of).sum();
  }
}
