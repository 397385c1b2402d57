package io.bellgate.coap.node.renewal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalsTest {
  private final Intervals intervals = SomeRules.INTERVALS;

  @Test
  void areThoseOfTheClassWithoutThePool() {
    assertEquals(604_800, intervals.seconds(0));
    assertEquals(86_400, intervals.seconds(1));
  }

  /** 1,000 nodes at 1 octet a second, half of it: 64,000 s. At a tenth of it: 640,000 s. */
  @Test
  void areAsLongAsTheShareOfTheStockNeeds() {
    assertEquals(86_400, intervals.seconds(1, 1, 1_000));
    assertEquals(640_000, intervals.seconds(1, 0.1, 1_000));
    assertEquals(640_000, intervals.seconds(0, 0.1, 1_000));
    assertEquals(Intervals.MOST_SECONDS, intervals.seconds(1, 0, 1));
    assertEquals(86_400, intervals.seconds(1, 0, 0), "nobody shares it");
    assertEquals(86_400, intervals.seconds(1, -1, 1_000_000), "not measured yet");
    assertEquals(64, intervals.keySeconds(1, 1));
  }

  @Test
  void sayWhatIsWrongWithASetting() {
    for (List<String> wrong :
        List.of(
            List.of("0=1", "1=1"),
            List.of("0=1", "1=1", "3=1"),
            List.of("0=1", "1=1", "2=0"),
            List.of("0=1", "1=1", "2=2592001"))) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> new Intervals(wrong, 50)).getMessage();
      assertTrue(message.startsWith("BG-COAP-028"), message);
    }
    assertThrows(
        IllegalArgumentException.class, () -> new Intervals(List.of("0=1", "1=1", "2=1"), 0));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Rules.kinds("QKD", "any"))
            .getMessage()
            .startsWith("BG-COAP-029"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> new Rules(60, "", Rules.kinds("PQC"), false, false, intervals, 0, 60))
            .getMessage()
            .startsWith("BG-COAP-027"));
    assertThrows(
        IllegalArgumentException.class,
        () -> SomeRules.of("", false, Rules.kinds("CLASSICAL").get(0)));
  }
}
