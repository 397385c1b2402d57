package io.bellgate.keys.pool.store;

import java.util.UUID;

/**
 * How far a taker is in a block, for its witness. Places in the taker's own lane: {@code next} is
 * the first free one, {@code mark} what it may use up to without asking again, {@code end} where
 * its part ends, {@code given} how far the other may have used the rest. In the lane of the other:
 * {@code otherStart} to its end was given to the taker.
 *
 * @param block its ID
 */
public record Report(
    UUID block,
    int next,
    int mark,
    int end,
    int given,
    int otherStart,
    int otherNext,
    int otherMark) {
  /** Octets on the wire. */
  public static final int OCTETS = 16 + 7 * 4;

  /**
   * What the witness answers: chunks below are burnt, {@link Integer#MAX_VALUE} if it does not hold
   * the block.
   *
   * @param own in the taker's lane
   * @param other in the part that was given to it
   */
  public record Floor(int own, int other) {
    /** Octets on the wire. */
    public static final int OCTETS = 8;

    /** Nothing of this block is good any more. */
    static final Floor ALL = new Floor(Integer.MAX_VALUE, Integer.MAX_VALUE);
  }
}
