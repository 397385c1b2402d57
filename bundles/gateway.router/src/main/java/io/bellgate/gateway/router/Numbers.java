package io.bellgate.gateway.router;

import io.bellgate.gateway.router.protect.Malformed;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers the transfers to one peer, so that no two messages get one number: not even where the
 * store was restored from a backup, or lost, and does not know what numbers it gave since.
 *
 * <p>A run lasts from one opening of the store to the next. Once the peer was greeted in this run,
 * numbers go on above the highest it has seen. What is accepted before is numbered far above the
 * store's counter, at a distance drawn at random: where no other run has numbered anything. A
 * number that was given stays: what a backup holds keeps those under which the peer may have it.
 */
final class Numbers {
  /** No honest peer has seen so many: there are 2^18 distances below. */
  private static final long MOST = 1L << 62;

  private final String peer;
  private final Epoch epoch;
  private final long opened;

  /** This run numbers above it; -1 while it is neither known nor drawn. */
  private final AtomicLong floor = new AtomicLong(-1);

  private boolean greeted;

  Numbers(String peer, Epoch epoch) {
    this.peer = peer;
    this.epoch = epoch;
    this.opened = epoch.transfers(peer);
  }

  /** The number of one more message. On the store's thread. */
  long next() {
    if (floor.get() < 0) {
      floor.compareAndSet(-1, epoch.transfers(peer) + epoch.distance());
    }
    epoch.transfersAtLeast(peer, floor.get());
    return epoch.nextTransfer(peer);
  }

  /** No number from here on is in use, as far as is durable. */
  long upcoming() {
    return epoch.transfers(peer);
  }

  /**
   * Takes note of the highest number that the peer has seen. For one thread; first before anything
   * is sent in this run.
   *
   * @return true if it is one that this store never gave: the peer remembers a newer store
   * @throws Malformed if it cannot be
   */
  boolean greeted(long seen) {
    if (seen >= MOST) {
      throw new Malformed(
          "BG-ROUTE-018", "so many messages were never sent: peer=" + peer + " seen=" + seen);
    }
    boolean newer = seen >= (greeted ? upcoming() : opened);
    greeted = true;
    floor.accumulateAndGet(Math.max(0, seen), Math::max);
    return newer;
  }
}
