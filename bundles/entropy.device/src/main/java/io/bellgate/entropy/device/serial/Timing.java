package io.bellgate.entropy.device.serial;

import java.util.function.IntConsumer;

/**
 * How long a device is waited for.
 *
 * @param settleMillis after what changes its mode, and how long the line must be quiet then
 * @param silenceMillis how long it may be silent when octets are due
 * @param pause waits so many milliseconds
 */
record Timing(int settleMillis, int silenceMillis, IntConsumer pause) {
  static final Timing STANDARD = new Timing(500, 3_000, Timing::sleep);

  void settle() {
    pause.accept(settleMillis);
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
