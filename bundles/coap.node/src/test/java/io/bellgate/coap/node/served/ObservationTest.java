package io.bellgate.coap.node.served;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObservationTest {
  private static final int NUMBERS = 1 << 24;

  private static Observation with(int number) {
    return new Observation(
        new Target("board", "n1", List.of(), List.of(), OptionalInt.empty()),
        new Observer(
            Observer.Way.PLAIN,
            new InetSocketAddress("192.0.2.1", 5683),
            Optional.empty(),
            new byte[] {1},
            0,
            Optional.empty()),
        number,
        0);
  }

  /** RFC 7641, section 3.4, without its part about time. */
  private static boolean isLater(int before, int after) {
    return before < after && after - before < 1 << 23 || before > after && before - after > 1 << 23;
  }

  @Test
  void beginsWithTheClock() {
    assertEquals(1_700, with(-1).next(1_700_999));
    assertEquals(5, with(-1).next((NUMBERS + 5) * 1_000L));
  }

  @Test
  void followsTheClockOrTheLastNumberWhicheverIsLater() {
    Observation one = with(1_700);
    assertEquals(1_701, one.next(1_700_000));
    assertEquals(1_702, one.next(1_700_000));
    assertEquals(1_900, one.next(1_900_000));
    assertEquals(1_901, one.next(1_000), "a clock that was set back");
  }

  @Test
  void numbersRiseWhateverTheClockDoes() {
    long seed = 7641;
    Random random = new Random(seed);
    Observation one = with(NUMBERS - 3);
    for (int i = 0; i < 100_000; i++) {
      int before = one.number;
      long nowMillis = random.nextInt(3) == 0 ? random.nextLong() : before * 1_000L;
      int after = one.next(nowMillis);
      assertTrue(after >= 0 && after < NUMBERS, "seed=" + seed + " number=" + after);
      assertTrue(isLater(before, after), "seed=" + seed + " " + before + " -> " + after);
    }
  }

  @Test
  void waitsLongerEachTimeUntilThereIsAnAnswer() {
    Observation one = with(1);
    assertEquals(2, one.nextWaitSeconds());
    assertEquals(4, one.nextWaitSeconds());
    for (int i = 0; i < 10; i++) {
      one.nextWaitSeconds();
    }
    assertEquals(64, one.nextWaitSeconds());
    one.answered();
    assertEquals(2, one.nextWaitSeconds());
  }
}
