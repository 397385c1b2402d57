package io.bellgate.keys.pool.store;

import java.util.UUID;

/** How this end stands with one peer. Owned by the storage thread. */
final class Standing {
  /** The run of the peer's that completed its hello here last; null before the first. */
  UUID seen;

  /**
   * A run ended uncleanly since the last meeting: what it may have used is burnt at the next. A
   * store that was copied while it was open looks just the same, and is served just the same.
   */
  boolean due;

  /** In this run the hellos of both ends are through. Not durable. */
  boolean met;
}
