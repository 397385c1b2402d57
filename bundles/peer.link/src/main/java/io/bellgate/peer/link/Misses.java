package io.bellgate.peer.link;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often a source offers pre-shared keys that are none: eight at once, then one a second, before
 * its offers are not even looked up. Remembers the latest {@link #MOST} sources. Thread safe.
 */
final class Misses {
  private static final int MOST = 256;
  private static final long BURST = 8;
  private static final long NANOS_EACH = 1_000_000_000L;

  private final LongSupplier nanos;
  private final Map<InetAddress, Long> fullAgainAt =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Long> eldest) {
          return size() > MOST;
        }
      };

  Misses(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized boolean tooMany(InetAddress source) {
    Long full = fullAgainAt.get(source);
    return full != null && full - nanos.getAsLong() >= BURST * NANOS_EACH;
  }

  synchronized void missed(InetAddress source) {
    long now = nanos.getAsLong();
    Long full = fullAgainAt.remove(source);
    long from = full == null || full - now < 0 ? now : full;
    fullAgainAt.put(source, from + NANOS_EACH);
  }
}
