package io.bellgate.keys.pool.store;

/** What a hello says about the store at the other end. The number on the wire is the ordinal. */
public enum Verdict {
  /** Never seen before: accepted. */
  FIRST,
  /** The same run as before. */
  SAME,
  /** A later run of the store that was seen before. */
  CONTINUED,
  /** Not grown from what was seen: restored from a copy, or cloned. All keys are discarded. */
  RESTORED
}
