package io.bellgate.oscore;

/**
 * Which of the latest 64 sequence numbers arrived (RFC 8613, section 7.4): a number is taken once,
 * in any order inside the window. Not thread safe.
 */
final class ReplayWindow {
  /** Numbers behind the highest that are still told apart. */
  static final int WIDTH = 64;

  private long highest = -1;

  /** Bit i: {@code highest - i} arrived. */
  private long arrived;

  ReplayWindow() {}

  /** As it was saved. */
  ReplayWindow(long highest, long arrived) {
    this.highest = highest;
    this.arrived = arrived;
  }

  boolean isNew(long number) {
    long behind = highest - number;
    return behind < 0 || behind < WIDTH && (arrived >>> behind & 1) == 0;
  }

  /** Takes a number, or says false: it arrived before, or is too old to tell. */
  boolean take(long number) {
    if (!isNew(number)) {
      return false;
    }
    long ahead = number - highest;
    if (ahead > 0) {
      arrived = ahead < WIDTH ? arrived << ahead : 0;
      highest = number;
    }
    arrived |= 1L << highest - number;
    return true;
  }

  /** Nothing up to here is taken any more. */
  void closeUpTo(long number) {
    highest = number;
    arrived = -1;
  }

  long highest() {
    return highest;
  }

  long arrived() {
    return arrived;
  }
}
