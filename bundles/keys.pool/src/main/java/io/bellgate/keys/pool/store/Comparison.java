package io.bellgate.keys.pool.store;

/**
 * What the taker reports of a block, against what its witness knows: {@link #contradicts}, else
 * {@link #settle} and {@link #floor}. On the storage thread of the witness.
 */
final class Comparison {
  private final Block block;
  private final Report report;
  private final boolean due;
  private final boolean fresh;
  private final boolean burning;
  private final Zone lane;
  private final Zone given;
  private Report.Floor floor = new Report.Floor(0, 0);

  /**
   * Compares.
   *
   * @param due whether the taker has to burn what it may have forgotten
   * @param fresh whether the taker has taken nothing yet in its run
   * @param burning whether this end has to burn what it may have forgotten
   */
  Comparison(Block block, Report report, boolean due, boolean fresh, boolean burning) {
    this.block = block;
    this.report = report;
    this.due = due;
    this.fresh = fresh;
    this.burning = burning;
    this.lane = block.theirs().get(0);
    this.given = block.theirs().get(1);
  }

  private int whole(Zone zone) {
    return block.laneLength(zone.lane());
  }

  private static boolean rising(int... places) {
    int before = 0;
    for (int place : places) {
      if (place < before) {
        return false;
      }
      before = place;
    }
    return true;
  }

  private boolean otherIsKnown() {
    return report.otherStart() < whole(given);
  }

  /** Whether one of the two stores is older than the other knows, and has not said so. */
  boolean contradicts() {
    if (!rising(report.next(), report.mark(), report.end(), report.given(), whole(lane))
        || !rising(report.otherStart(), report.otherNext(), report.otherMark(), whole(given))) {
      return true; // the block is not the same at both ends
    }
    boolean olderTaker =
        fresh
            && !due
            && (block.top[lane.ordinal()] > report.next()
                || otherIsKnown() && block.top[given.ordinal()] > report.otherNext());
    boolean forgotGiving = report.end() > block.end(lane) && !due;
    boolean gaveWhatWasUsed =
        report.end() < block.end(lane) && report.end() < block.top[lane.ordinal()];
    int start = block.start(given);
    boolean neverGiven =
        otherIsKnown()
            && report.otherStart() != start
            && (report.otherStart() > start
                || !burning
                || report.otherStart() < block.next(block.own().get(0)));
    return olderTaker || forgotGiving || gaveWhatWasUsed || neverGiven;
  }

  /** Moves the block forward to what both know. */
  void settle() {
    if (report.end() < block.end(lane)) {
      block.boundary[lane.lane()] = report.end();
      block.burn(block.own().get(1), report.given());
    }
    if (otherIsKnown() && report.otherStart() < block.start(given)) {
      block.boundary[given.lane()] = report.otherStart();
    }
    floor =
        new Report.Floor(
            witness(lane, report.mark()), otherIsKnown() ? witness(given, report.otherMark()) : 0);
    if (burning) {
      block.burn(lane, report.next());
      if (otherIsKnown()) {
        block.burn(given, report.otherNext());
      }
    }
  }

  private int witness(Zone zone, int mark) {
    int before = Math.min(block.granted(zone), block.end(zone));
    block.granted[zone.ordinal()] = Math.max(block.granted[zone.ordinal()], mark);
    if (due) {
      block.burn(zone, before);
    }
    return due ? before : 0;
  }

  Report.Floor floor() {
    return floor;
  }
}
