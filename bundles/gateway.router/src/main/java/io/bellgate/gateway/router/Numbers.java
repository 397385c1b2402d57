package io.bellgate.gateway.router;

import io.bellgate.gateway.router.protect.Malformed;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Numbers the transfers to one peer, so that no two messages get one number: not even where the
 * store was restored from a backup, or lost, and does not know what numbers it gave since.
 *
 * <p>A run lasts from one opening of the store to the next. Once the peer was greeted in this run,
 * counts go on above the highest it has seen. What is accepted before is counted far above the
 * store's counter, at a distance drawn at random: where no other run has numbered anything. A
 * number that was given stays: what a backup holds keeps those under which the peer may have it.
 * Each series counts for itself.
 */
final class Numbers {
  /** No honest peer has seen so many: there are 2^17 distances below. */
  private static final long MOST = Series.COUNTS / 2;

  private final String peer;
  private final Epoch epoch;
  private final long[] opened = new long[Series.MOST];

  /** This run counts above it; -1 while it is neither known nor drawn. */
  private final AtomicLongArray floor = new AtomicLongArray(Series.MOST);

  private boolean greeted;

  Numbers(String peer, Epoch epoch) {
    this.peer = peer;
    this.epoch = epoch;
    for (int series : Series.ALL) {
      opened[series] = epoch.transfers(Series.name(peer, series));
      floor.set(series, -1);
    }
  }

  /** The number of one more message. On the store's thread. */
  long next(int series) {
    String name = Series.name(peer, series);
    if (floor.get(series) < 0) {
      floor.compareAndSet(series, -1, epoch.transfers(name) + epoch.distance());
    }
    epoch.transfersAtLeast(name, floor.get(series));
    long count = epoch.nextTransfer(name);
    if (count >= MOST) {
      throw new IllegalStateException(
          "BG-ROUTE-022 the numbers of a series are used up: peer=" + peer + " series=" + series);
    }
    return Series.transfer(series, count);
  }

  /** No number of the series from here on is in use, as far as is durable. */
  long upcoming(int series) {
    return Series.transfer(series, epoch.transfers(Series.name(peer, series)));
  }

  /**
   * Takes note of the highest numbers that the peer has seen. For one thread; first before anything
   * is sent in this run.
   *
   * @param seen of each series of which it has seen any
   * @return true if one is of those that this store never gave: the peer remembers a newer store
   * @throws Malformed if they cannot be
   */
  boolean greeted(Iterable<Long> seen) {
    long[] highest = new long[Series.MOST];
    for (long transfer : seen) {
      if (transfer < 0 || Series.of(transfer) >= Series.MOST || Series.count(transfer) >= MOST) {
        throw new Malformed(
            "BG-ROUTE-018", "such a message was never sent: peer=" + peer + " seen=" + transfer);
      }
      highest[Series.of(transfer)] = Series.count(transfer);
    }
    boolean newer = false;
    for (int series : Series.ALL) {
      long known = greeted ? epoch.transfers(Series.name(peer, series)) : opened[series];
      newer |= highest[series] >= known;
      floor.accumulateAndGet(series, highest[series], Math::max);
    }
    greeted = true;
    return newer;
  }
}
