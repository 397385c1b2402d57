package io.bellgate.coap.node.renewal;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.KeyPool.Purpose;
import io.bellgate.api.keys.KeyPool.Stock;
import io.bellgate.api.ops.Gone;
import io.bellgate.nodekeys.Generations;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keys of the pool for nodes: from the stock of a configured peer or the fullest one, of the best
 * kind that there is. In the gap of a swap of the pool there are none. One lock: its monitor.
 *
 * <p>Security: the peer's pool holds a copy of such a key until its life is over; it is as secret
 * from everybody else as its origin says.
 */
public final class PoolKeys {
  private static final int DRY_SECONDS = 60;
  private static final int MOST_WAIT_SECONDS = 3_600;

  private final Supplier<KeyPool> pool;
  private final Rules rules;
  private final KeyRate rate = new KeyRate();

  /**
   * Makes it.
   *
   * @param pool may give null
   */
  public PoolKeys(Supplier<KeyPool> pool, Rules rules) {
    this.pool = pool;
    this.rules = rules;
  }

  /**
   * Takes one, for good.
   *
   * @return of {@link Generations#POOL_OCTETS}, which the caller owns; empty if there is none now
   */
  public synchronized Optional<Key> take() {
    KeyPool now = pool.get();
    try {
      for (Kind kind : rules.kinds()) {
        for (Stock stock : now == null ? List.<Stock>of() : stocks(now, kind)) {
          Optional<Key> key =
              now.take(
                  stock.peer(), Purpose.MESSAGE, Generations.POOL_OCTETS, rules.acceptable(kind));
          if (key.isPresent()) {
            rate.taken(Generations.POOL_OCTETS);
            return key;
          }
        }
      }
    } catch (Gone swapped) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private List<Stock> stocks(KeyPool now, Kind kind) {
    return now.stocks().stream()
        .filter(s -> rules.peer().isEmpty() || s.peer().equals(rules.peer()))
        .filter(s -> s.gives(Purpose.MESSAGE))
        .filter(s -> s.own(rules.acceptable(kind)) >= Generations.POOL_OCTETS)
        .sorted(
            Comparator.comparingLong((Stock s) -> s.own(rules.acceptable(kind)))
                .reversed()
                .thenComparing(Stock::peer))
        .toList();
  }

  /** Looks how much there is; to be called every few seconds. */
  public synchronized void look(long nowNanos) {
    KeyPool now = pool.get();
    if (now != null) {
      try {
        rate.look(nowNanos, own(now));
      } catch (Gone swapped) {
        return; // it is looked at the next time
      }
    }
  }

  private long own(KeyPool now) {
    return now.stocks().stream()
        .filter(s -> rules.peer().isEmpty() || s.peer().equals(rules.peer()))
        .mapToLong(s -> s.own(rules.acceptable()))
        .sum();
  }

  /** Octets a second that come in for nodes; negative if not measured yet. */
  public synchronized double octetsPerSecond() {
    return rate.octetsPerSecond();
  }

  /** When it is worth asking again, if there was none. */
  public synchronized int drySeconds() {
    double now = rate.octetsPerSecond();
    return now <= 0
        ? DRY_SECONDS
        : Math.min(MOST_WAIT_SECONDS, rules.intervals().keySeconds(now, 1));
  }
}
