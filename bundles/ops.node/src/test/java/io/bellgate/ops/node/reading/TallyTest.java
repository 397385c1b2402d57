package io.bellgate.ops.node.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TallyTest {
  @Test
  void countsWhatCameOfReadings() {
    Tally tally = new Tally();
    for (int i = 1; i <= 100; i++) {
      tally.sent();
      tally.acknowledged(i * 1_000_000L);
    }
    for (String why : new String[] {"4.03 BG-COAP-007", "4.00 BG-COAP-003", "4.03 BG-COAP-007"}) {
      tally.sent();
      tally.refused(why);
    }
    tally.sent();
    tally.repeated();
    tally.lost();
    assertEquals(4, tally.failed());
    assertEquals(
        "sent 104, acknowledged 100, refused 3, lost 1, posted again 1\n"
            + "refused 4.00 BG-COAP-003: 1\n"
            + "refused 4.03 BG-COAP-007: 2\n"
            + "acknowledged after ms: median 50.0, 99 % 99.0, highest 100.0\n",
        tally.text());
    assertEquals(
        "{\"sent\":104,\"acknowledged\":100,\"refused\":3,\"lost\":1,\"repeated\":1,"
            + "\"refusals\":{\"4.00 BG-COAP-003\":1,\"4.03 BG-COAP-007\":2},"
            + "\"medianMillis\":50.0,\"p99Millis\":99.0,\"highestMillis\":100.0}",
        tally.json().toString());
  }

  @Test
  void keepsTheLatestLatenciesOnly() {
    Tally tally = new Tally();
    for (int i = 0; i < 200_000; i++) {
      tally.sent();
      tally.acknowledged(i < 100_000 ? 9_000_000 : 2_000_000);
    }
    assertEquals("2.0", tally.json().getJsonNumber("highestMillis").toString());
    assertEquals(200_000, tally.acknowledged());
  }
}
