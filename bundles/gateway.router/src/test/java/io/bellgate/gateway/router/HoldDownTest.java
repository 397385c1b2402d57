package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.policy.Protection;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HoldDownTest {
  private long now = 1_000;
  private boolean available;
  private int askedOctets;
  private int asked;
  private final HoldDown holdDown = new HoldDown(2, () -> now);

  private boolean holdsAfter(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
    holdDown.observe(
        (protection, octets) -> {
          asked++;
          askedOctets = octets;
          return available;
        });
    return holdDown.holds(Protection.OTP);
  }

  @Test
  void holdDownHoldsWhatFailedUntilItWasThereWithoutABreak() {
    assertFalse(holdDown.holds(Protection.OTP));
    holdDown.failed(Protection.OTP, 77);
    assertTrue(holdsAfter(60_000), "it is not there");
    assertEquals(77, askedOctets);
    available = true;
    assertTrue(holdsAfter(1_000), "seen for the first time");
    assertTrue(holdsAfter(1_000));
    available = false;
    assertTrue(holdsAfter(500), "a break");
    available = true;
    assertTrue(holdsAfter(500));
    assertTrue(holdsAfter(1_900));
    assertFalse(holdsAfter(100), "two seconds");
    assertFalse(holdsAfter(0));
  }

  @Test
  void holdDownBeginsAnewWhenItFailsOnceMore() {
    available = true;
    holdDown.failed(Protection.OTP, 1);
    assertTrue(holdsAfter(100));
    assertTrue(holdsAfter(1_900));
    holdDown.failed(Protection.OTP, 1);
    assertTrue(holdsAfter(100));
    assertTrue(holdsAfter(1_900));
    assertFalse(holdsAfter(100));
  }

  @Test
  void holdDownHoldsEachProtectionForItself() {
    available = true;
    holdDown.failed(Protection.QKD, 1);
    assertFalse(holdsAfter(100));
    assertTrue(holdDown.holds(Protection.QKD));
  }

  @Test
  void holdDownLooksNowAndThenOnly() {
    holdDown.failed(Protection.OTP, 1);
    for (int i = 0; i < 1_000; i++) {
      holdsAfter(1);
    }
    assertTrue(asked <= 50, () -> "looked " + asked);
  }

  @Test
  void holdDownOfNoSecondsHoldsWhileItIsNotThere() {
    HoldDown none = new HoldDown(0, () -> now);
    none.failed(Protection.OTP, 1);
    now += TimeUnit.SECONDS.toNanos(1);
    none.observe((p, o) -> false);
    assertTrue(none.holds(Protection.OTP));
    now += TimeUnit.SECONDS.toNanos(1);
    none.observe((p, o) -> true);
    assertFalse(none.holds(Protection.OTP));
  }
}
