package io.bellgate.gateway.router;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of numbers that mostly come one after the other, kept as ranges, with a low-water mark
 * under which nothing is asked any more. Bounded: with too many gaps the lowest range is given up
 * and everything up to its end counts as forgotten. Not thread safe.
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

  private static final int MAX_RANGES = 256;

  private final TreeMap<Long, Long> lastOfFirst = new TreeMap<>();
  private long forgotten = -1;

  Known known(long number) {
    Map.Entry<Long, Long> range = lastOfFirst.floorEntry(number);
    if (range != null && number <= range.getValue()) {
      return Known.SEEN;
    }
    return number <= forgotten ? Known.FORGOTTEN : Known.NEW;
  }

  /** Adds a number that is {@link Known#NEW}. */
  void add(long number) {
    long first = number;
    long last = number;
    Map.Entry<Long, Long> below = lastOfFirst.floorEntry(number);
    if (below != null && below.getValue() == number - 1) {
      first = below.getKey();
    }
    Long above = lastOfFirst.remove(number + 1);
    if (above != null) {
      last = above;
    }
    lastOfFirst.put(first, last);
    if (lastOfFirst.size() > MAX_RANGES) {
      forgotten = lastOfFirst.pollFirstEntry().getValue();
    }
  }

  /**
   * Says that no number under {@code mark} will be asked for again: they count as seen, in one
   * range.
   */
  void lowWater(long mark) {
    if (mark < 1
        || known(mark - 1) == Known.SEEN && lastOfFirst.floorEntry(mark - 1).getKey() == 0) {
      return;
    }
    Map.Entry<Long, Long> across = lastOfFirst.floorEntry(mark);
    long last = across == null ? mark - 1 : Math.max(mark - 1, across.getValue());
    lastOfFirst.headMap(mark, true).clear();
    lastOfFirst.put(0L, last);
    Long next = lastOfFirst.remove(last + 1);
    if (next != null) {
      lastOfFirst.put(0L, next);
    }
    forgotten = -1;
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
