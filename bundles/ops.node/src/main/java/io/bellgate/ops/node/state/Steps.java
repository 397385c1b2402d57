package io.bellgate.ops.node.state;

import java.io.IOException;

/**
 * Numbers that are given out once, over crashes too (RFC 8613, Appendix B.1.1): a step of them is
 * written down as used before the first of it is. Thread safe.
 */
public final class Steps {
  /** How many numbers a crash may cost. */
  public static final int STEP = 64;

  private final Keep keep;
  private long next;
  private long limit;

  /** Writes down, durably, that all numbers below one are used. */
  interface Keep {
    /** Returns when it is written. */
    void usedBelow(long number) throws IOException;
  }

  /**
   * Goes on.
   *
   * @param first the lowest number that was never used
   */
  Steps(long first, Keep keep) {
    this.keep = keep;
    next = first;
    limit = first;
  }

  /**
   * A number that nobody had.
   *
   * @throws IllegalStateException if it cannot be written down
   */
  public synchronized long next() {
    if (next == limit) {
      try {
        keep.usedBelow(Math.addExact(next, STEP));
      } catch (IOException e) {
        throw new IllegalStateException("a number is written down before it is used", e);
      }
      limit = next + STEP;
    }
    return next++;
  }

  /** Gives back what was written down and not used; nothing can be had afterwards but anew. */
  synchronized void giveBack() throws IOException {
    if (next < limit) {
      keep.usedBelow(next);
      limit = next;
    }
  }
}
