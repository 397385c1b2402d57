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
import java.util.Optional;
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

  /** Keys of a quantum link do not age: what is unused after a year is in nobody's plan. */
  private static final Duration LIFE = Duration.ofDays(365);

  private final Supplier<KeyPool> pools;
  private final String peer;
  private final Supplier<KeyOrigin> origin;
  private final Duration bound;

  /**
   * Makes a way to the pool.
   *
   * @param pools gives null in the gap
   * @param peer the site at the other end
   * @param origin of the keys to be deposited
   * @param bound how long to wait in the gap
   */
  PoolAccess(Supplier<KeyPool> pools, String peer, Supplier<KeyOrigin> origin, Duration bound) {
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

  @Override
  public void deposit(UUID id, Secret key) throws InterruptedException {
    call(
        pool -> {
          pool.deposit(new KeyBlock(id, peer, origin.get(), key, LIFE));
          return null;
        });
  }

  @Override
  public boolean confirm(UUID id) throws InterruptedException {
    return call(pool -> pool.confirm(peer, id));
  }

  @Override
  public void discard(UUID id) throws InterruptedException {
    call(
        pool -> {
          pool.discard(peer, id);
          return null;
        });
  }

  @Override
  public List<UUID> unconfirmed() throws InterruptedException {
    return call(pool -> pool.unconfirmed(peer)).stream().filter(BlockIds::isBlock).toList();
  }

  @Override
  public Optional<Key> take() {
    // what the link made itself first: the carried secret is left for rounds that give nothing
    return callFromChannel(
        pool -> take(pool, KeyOrigin.Kind.QKD).or(() -> take(pool, KeyOrigin.Kind.PRESHARED)));
  }

  private Optional<Key> take(KeyPool pool, KeyOrigin.Kind kind) {
    return pool.take(
        peer,
        KeyPool.Purpose.AUTHENTICATION,
        KeyPool.CHUNK_OCTETS,
        origin -> origin.kind() == kind && TagKeys.authenticates(origin));
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
    KeyPool pool = pools.get();
    if (pool == null) {
      throw new Gone("keys.pool");
    }
    return tagsIn(pool);
  }

  private long tagsIn(KeyPool pool) {
    return octets(
        pool, s -> TagKeys.authenticates(s.origin()) ? s.own() / KeyPool.CHUNK_OCTETS : 0);
  }

  private long octets(KeyPool pool, ToLongFunction<KeyPool.Stock> of) {
    return pool.stocks().stream().filter(s -> s.peer().equals(peer)).mapToLong(of).sum();
  }
}
