package io.bellgate.gateway.router;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of numbers that mostly come one after the other, kept as ranges. Bounded in one of two
 * ways: {@link #add(long)} gives up the lowest range and counts everything up to its end as
 * forgotten; {@link #add(long, long)} forgets nothing and says when there is no room. Not thread
 * safe.
 */
final class Ranges {
  /** What is known of a number. */
  enum Known {
    /** It is in the set. */
    SEEN,
    /** It is not in the set. */
    NEW,
    /** It lies under what is remembered: nobody can tell. */
    FORGOTTEN
  }

  private static final int MOST = 256;

  /** Ranges that begin at a mark or above: so many gaps a sender may leave for later. */
  static final int MOST_AHEAD = 1_024;

  /** Ranges that begin under a mark: so many of the last gaps that were left for good are known. */
  static final int MOST_BEHIND = 64;

  private final TreeMap<Long, Long> lastOfFirst = new TreeMap<>();
  private long forgotten = -1;

  Known known(long number) {
    Map.Entry<Long, Long> range = lastOfFirst.floorEntry(number);
    if (range != null && number <= range.getValue()) {
      return Known.SEEN;
    }
    return number <= forgotten ? Known.FORGOTTEN : Known.NEW;
  }

  /** Adds a number that is {@link Known#NEW}; what is forgotten then is the lowest there is. */
  void add(long number) {
    insert(number);
    if (lastOfFirst.size() > MOST) {
      forgotten = lastOfFirst.pollFirstEntry().getValue();
    }
  }

  /**
   * Adds a number that is {@link Known#NEW} if there is room. There always is for the mark itself
   * and for the neighbours of what is in the set.
   *
   * @param mark no lower number will be asked for again: the lowest gaps under it are closed, their
   *     numbers counting as seen, when there are too many
   * @return false if nothing was added, because too many gaps above the mark are open
   */
  boolean add(long number, long mark) {
    boolean neighbour = known(number - 1) == Known.SEEN || known(number + 1) == Known.SEEN;
    if (!neighbour && number > mark && lastOfFirst.tailMap(mark).size() >= MOST_AHEAD) {
      return false;
    }
    insert(number);
    for (int behind = lastOfFirst.headMap(mark).size(); behind > MOST_BEHIND; behind--) {
      long first = lastOfFirst.pollFirstEntry().getKey();
      lastOfFirst.put(first, lastOfFirst.pollFirstEntry().getValue());
    }
    return true;
  }

  private void insert(long number) {
    long first = number;
    long last = number;
    Map.Entry<Long, Long> below = lastOfFirst.floorEntry(number);
    if (below != null && below.getValue() == number - 1) {
      first = below.getKey();
    }
    Map.Entry<Long, Long> above = lastOfFirst.ceilingEntry(number);
    if (above != null && above.getKey() == number + 1) {
      last = lastOfFirst.remove(above.getKey());
    }
    lastOfFirst.put(first, last);
  }

  /** The highest number in the set, or -1. */
  long highest() {
    return lastOfFirst.isEmpty() ? forgotten : lastOfFirst.lastEntry().getValue();
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(8 + 16 * lastOfFirst.size()).putLong(forgotten);
    lastOfFirst.forEach((first, last) -> out.putLong(first).putLong(last));
    return out.array();
  }

  static Ranges decode(byte[] octets) {
    Ranges ranges = new Ranges();
    if (octets == null) {
      return ranges;
    }
    ByteBuffer in = ByteBuffer.wrap(octets);
    ranges.forgotten = in.getLong();
    while (in.hasRemaining()) {
      ranges.lastOfFirst.put(in.getLong(), in.getLong());
    }
    return ranges;
  }
}
