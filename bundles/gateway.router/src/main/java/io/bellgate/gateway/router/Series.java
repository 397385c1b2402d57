package io.bellgate.gateway.router;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbers of transfers: the series in the upper bits, the count in it below. What waits for one
 * thing, a key or a sink, is numbered in a series of its own and sent in that order; so what is
 * held leaves no gaps in what flows.
 */
final class Series {
  /** How many there are to a peer. */
  static final int MOST = 16;

  /** Counts in a series are below it: 2^58. */
  static final long COUNTS = 1L << 58;

  /** All of them. */
  static final List<Integer> ALL = IntStream.range(0, MOST).boxed().toList();

  private Series() {}

  static long transfer(int series, long count) {
    return series * COUNTS + count;
  }

  static int of(long transfer) {
    return (int) (transfer / COUNTS);
  }

  static long count(long transfer) {
    return transfer % COUNTS;
  }

  /** The name under which a series of a peer keeps something. */
  static String name(String peer, int series) {
    return series == 0 ? peer : peer + "/" + series;
  }
}
