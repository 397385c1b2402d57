package io.bellgate.itests.traffic;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for what another thread or process does, with a generous hang limit. */
public final class Await {
  private static final long LOOK_MILLIS = 20;

  private Await() {}

  /**
   * Waits until something is so.
   *
   * @param what in words, for the failure
   * @param hang the longest it may take
   * @param condition asked again and again; an exception counts as no
   * @throws InterruptedException if interrupted
   * @throws AssertionError if it is not so in time
   */
  public static void until(String what, Duration hang, Callable<Boolean> condition)
      throws InterruptedException {
    until(() -> what, hang, condition);
  }

  /**
   * Waits until something is so.
   *
   * @param what in words, for the failure, made only then
   * @param hang the longest it may take
   * @param condition asked again and again; an exception counts as no
   * @throws InterruptedException if interrupted
   * @throws AssertionError if it is not so in time
   */
  public static void until(Supplier<String> what, Duration hang, Callable<Boolean> condition)
      throws InterruptedException {
    long begin = System.nanoTime();
    Exception last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      Thread.sleep(LOOK_MILLIS);
    } while (System.nanoTime() - begin < hang.toNanos());
    throw new AssertionError("did not happen within " + hang + ": " + what.get(), last);
  }
}
