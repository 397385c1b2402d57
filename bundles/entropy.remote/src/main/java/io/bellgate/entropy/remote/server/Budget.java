package io.bellgate.entropy.remote.server;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** So much a second, and a reserve for a burst. Thread safe. */
final class Budget {
  private final double perNano;
  private final double most;
  private final LongSupplier nanos;
  private double left;
  private long seenNanos;

  /**
   * Begins full.
   *
   * @param perSecond how much comes back
   * @param most what may be spent at once
   * @param nanos a clock
   */
  Budget(double perSecond, double most, LongSupplier nanos) {
    this.perNano = perSecond / TimeUnit.SECONDS.toNanos(1);
    this.most = most;
    this.nanos = nanos;
    this.left = most;
    this.seenNanos = nanos.getAsLong();
  }

  /**
   * Spends.
   *
   * @return 0 if it was there; else nothing is spent, and this is after how many seconds it will be
   */
  synchronized long spend(double amount) {
    long now = nanos.getAsLong();
    left = Math.min(most, left + perNano * (now - seenNanos));
    seenNanos = now;
    if (amount <= left) {
      left -= amount;
      return 0;
    }
    double seconds = (amount - left) / perNano / TimeUnit.SECONDS.toNanos(1);
    return Math.max(1, (long) Math.ceil(seconds));
  }
}
