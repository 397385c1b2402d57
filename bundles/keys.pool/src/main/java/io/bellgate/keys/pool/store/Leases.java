package io.bellgate.keys.pool.store;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What an end may use ahead because its peer has witnessed it, and what changes hands; each method
 * is a step at one end. Part of the {@link Ledger}, on its thread.
 */
public final class Leases {
  /** Answer to a lease: this end does not hold the block, and never did that it knew. */
  static final int NOT_HELD = -1;

  /** Answer to a lease: this end does not hold the block any more. */
  static final int GONE = -2;

  private static final long ASK_AGAIN_MILLIS = 3_000;

  /** A crash costs what is leased: of a small stock not more than one part of so many. */
  private static final int SHARE = 16;

  /** Chunks that are leased ahead of the smallest stock. */
  private static final int LEAST_AHEAD = 8;

  private final Book book;
  private final Clock clock;

  Leases(Book book, Clock clock) {
    this.book = book;
    this.clock = clock;
  }

  /** A lease that is asked for: chunks of a zone below a place. */
  public record Wish(UUID block, Zone zone, int below) {}

  /** A lane's end that changes hands. */
  public record Gift(UUID block, int from) {}

  /**
   * What is to be asked of a peer.
   *
   * @param run the present run
   * @param wishes leases
   * @param low kinds that run low, with the octets that are there
   */
  public record Needs(UUID run, List<Wish> wishes, Map<KeyOrigin, Long> low) {
    static final Needs NONE = new Needs(new UUID(0, 0), List.of(), Map.of());
  }

  /**
   * What to ask the peer for; nothing before they have met. Leases: as much ahead per origin that
   * half of it is always there, but a small part of what there is, and what takers came for in
   * vain.
   *
   * @param ahead chunks at most
   */
  public Needs needs(String peer, int ahead) {
    return book.standing(peer).met
        ? new Needs(book.runs.current(), wishes(peer, ahead), book.stocks.low(peer))
        : Needs.NONE;
  }

  private List<Wish> wishes(String peer, int most) {
    List<Wish> wishes = new ArrayList<>();
    Map<KeyOrigin, Integer> left = new HashMap<>();
    for (Block block : book.takeable(peer)) {
      left.merge(
          block.header.origin(), (int) (block.ownOctets() / KeyPool.CHUNK_OCTETS), Integer::sum);
    }
    Map<KeyOrigin, Integer> leased = new HashMap<>();
    for (Block block : book.takeable(peer)) {
      if (block.header.takeUntilMillis() <= clock.millis()
          || block.askAgainAtMillis > clock.millis()) {
        continue;
      }
      int share = left.get(block.header.origin()) / SHARE;
      int ahead = Math.min(most, Math.max(LEAST_AHEAD, share));
      for (Zone zone : block.own()) {
        int next = block.next(zone);
        int lease = Math.max(next, block.lease[zone.ordinal()]);
        int wanted = block.demand[zone.ordinal()];
        if (leased.getOrDefault(block.header.origin(), 0) + lease - next < (ahead + 1) / 2) {
          wanted = Math.max(wanted, next + ahead);
        }
        wanted = Math.min(wanted, block.end(zone));
        if (wanted > lease) {
          block.asked[zone.ordinal()] = Math.max(block.asked[zone.ordinal()], wanted);
          wishes.add(new Wish(block.header.id(), zone, wanted));
        }
        leased.merge(block.header.origin(), Math.max(lease, wanted) - next, Integer::sum);
      }
    }
    return wishes;
  }

  /**
   * Witnesses that the peer may use chunks.
   *
   * @return the mark, at least as far as the zone goes; {@link #NOT_HELD} or {@link #GONE}
   * @throws IllegalArgumentException if the zone is not the peer's
   */
  public int grant(String peer, Wish wish) {
    Optional<Block> found = book.find(peer, wish.block());
    if (found.isEmpty()) {
      return book.knows(wish.block()) ? GONE : NOT_HELD;
    }
    Block block = found.get();
    Zone zone = wish.zone();
    if (block.mine(zone) || wish.below() < 0) {
      throw new IllegalArgumentException("a lease is for chunks of the one who asks");
    }
    if (block.start(zone) == block.end(zone)) {
      return 0; // nothing was given away, so far
    }
    int mark = Math.min(wish.below(), block.end(zone));
    if (mark > block.granted(zone)) {
      book.update(block, () -> block.granted[zone.ordinal()] = mark);
    }
    return Math.min(block.granted(zone), block.end(zone));
  }

  /** The peer has witnessed, or does not hold the block. */
  public void lease(String peer, Wish wish, int mark) {
    Optional<Block> found = book.find(peer, wish.block());
    if (found.isEmpty()) {
      return;
    }
    Block block = found.get();
    int zone = wish.zone().ordinal();
    if (mark == NOT_HELD && block.onItsWay()) {
      block.askAgainAtMillis = clock.millis() + ASK_AGAIN_MILLIS;
    } else if (mark < 0 && block.carried()) {
      book.remove(block); // accepted again it would come with keys that were used
    } else if (mark < 0) {
      book.burn(block, Report.Floor.ALL);
    } else {
      block.lease[zone] = Math.max(block.lease[zone], Math.min(mark, block.end(wish.zone())));
      block.demand[zone] = 0;
    }
  }

  /**
   * Gives what is left of the best lane away, if the peer has less than half of what this end has:
   * once per lane, of the block with most left, the newest of those. Durable here before the peer
   * is told. All of it, since a lane is cut once: what an idle end kept would lie there.
   *
   * @param kind without attributes
   * @param theirs octets that the peer can take
   */
  public Optional<Gift> give(String peer, KeyOrigin kind, long theirs) {
    if (!book.standing(peer).met
        || kind.kind() == KeyOrigin.Kind.PRESHARED
        || book.stocks.own(peer, kind) < 2 * Math.max(theirs, KeyPool.CHUNK_OCTETS)) {
      return Optional.empty();
    }
    Block best = null;
    for (Block block : book.takeable(peer)) {
      KeyOrigin o = block.header.origin();
      boolean sameKind = new KeyOrigin(o.kind(), o.simulated(), o.relayed(), Map.of()).equals(kind);
      if (sameKind && left(block) >= 2 && (best == null || left(block) >= left(best))) {
        best = block;
      }
    }
    if (best == null) {
      return Optional.empty();
    }
    long all = (long) left(best) * KeyPool.CHUNK_OCTETS;
    boolean plenty = book.stocks.own(peer, kind) - all >= theirs + all;
    return Optional.of(cut(best, plenty ? left(best) : left(best) / 2));
  }

  /** Chunks that can be given away; 0 if something was. */
  private static int left(Block block) {
    Zone own = block.own().get(0);
    boolean whole = block.end(own) == block.laneLength(own.lane());
    return whole ? block.end(own) - block.spoken(own) : 0;
  }

  private Gift cut(Block block, int places) {
    int from = block.end(block.own().get(0)) - places;
    book.update(block, () -> block.boundary[block.ownLane()] = from);
    return new Gift(block.header.id(), from);
  }

  /** The peer has given something away. */
  public void receive(String peer, Gift gift) {
    book.find(peer, gift.block())
        .filter(b -> gift.from() >= b.top[b.theirs().get(0).ordinal()])
        .filter(b -> gift.from() >= 0 && gift.from() < b.boundary[1 - b.ownLane()])
        .ifPresent(b -> book.update(b, () -> b.boundary[1 - b.ownLane()] = gift.from()));
  }

  /** What this run knows and the file does not. */
  public Carried carry() {
    List<Carried.Lease> leases = new ArrayList<>();
    for (Block block : book.all()) {
      for (Zone zone : block.own()) {
        int at = zone.ordinal();
        if (block.lease[at] > 0 || block.asked[at] > 0) {
          leases.add(new Carried.Lease(block.header.id(), zone, block.lease[at], block.asked[at]));
        }
      }
    }
    List<String> met =
        book.standings().entrySet().stream()
            .filter(e -> e.getValue().met)
            .map(Map.Entry::getKey)
            .toList();
    return new Carried(book.runs.current(), met, leases);
  }

  void resume(Carried carried) {
    carried.met().forEach(peer -> book.standing(peer).met = true);
    Map<UUID, Block> blocks = new HashMap<>();
    book.all().forEach(block -> blocks.put(block.header.id(), block));
    for (Carried.Lease lease : carried.leases()) {
      Block block = blocks.get(lease.block());
      if (block != null && block.mine(lease.zone())) {
        block.lease[lease.zone().ordinal()] = Math.min(lease.mark(), block.end(lease.zone()));
        block.asked[lease.zone().ordinal()] = lease.asked();
      }
    }
  }
}
