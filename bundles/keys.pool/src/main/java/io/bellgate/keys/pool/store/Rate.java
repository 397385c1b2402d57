package io.bellgate.keys.pool.store;

/**
 * Octets used per second, smoothed: what was used counts less and less, a third of it after a
 * minute. A clock that is set back stands still here until it has caught up.
 */
final class Rate {
  private static final double MEMORY_SECONDS = 60;

  /** Less than one octet in an hour is none. */
  private static final double NONE = 1 / 3600.0;

  private double perSecond;
  private long sinceMillis = Long.MIN_VALUE;

  void used(long octets, long nowMillis) {
    perSecond = at(nowMillis) + octets / MEMORY_SECONDS;
    sinceMillis = Math.max(sinceMillis, nowMillis);
  }

  private double at(long nowMillis) {
    if (sinceMillis == Long.MIN_VALUE) {
      return 0;
    }
    double seconds = Math.max(0, (nowMillis - sinceMillis) / 1000.0);
    return perSecond * Math.exp(-seconds / MEMORY_SECONDS);
  }

  /** How long so many octets last; -1 if nothing is being used. */
  long secondsFor(long octets, long nowMillis) {
    double now = at(nowMillis);
    return now < NONE ? -1 : (long) (Math.max(0, octets) / now);
  }
}
