package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.policy.Protection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangesTest {
  private static final List<Protection> ORDER =
      List.of(Protection.OTP, Protection.QKD_PQC, Protection.PQC);
  private final Changes changes = new Changes();

  private void sent(String rule, List<Protection> acceptable, Protection protection) {
    Item item =
        new Item(TwoRouters.message("n1", 1), "alice", "file", rule, 5, acceptable, Map.of());
    changes.sent(item, "bob", protection, Instant.EPOCH);
  }

  private void assertCounts(long fallbacks, long returns) {
    assertEquals(fallbacks, changes.status().get("fallbacks"));
    assertEquals(returns, changes.status().get("returns"));
    assertEquals(
        Math.min(32, fallbacks + returns),
        ((List<?>) changes.status().get("protectionChanges")).size());
  }

  @Test
  void changesAreCountedByThePreferenceOfTheRule() {
    sent("alarms", ORDER, Protection.OTP);
    sent("alarms", ORDER, Protection.OTP);
    assertCounts(0, 0);
    sent("alarms", ORDER, Protection.PQC);
    assertCounts(1, 0);
    sent("alarms", ORDER, Protection.QKD_PQC);
    sent("alarms", ORDER, Protection.OTP);
    assertCounts(1, 2);
    assertEquals(
        Map.of(
            "time",
            "1970-01-01T00:00:00Z",
            "rule",
            "alarms",
            "class",
            "process",
            "peer",
            "bob",
            "from",
            "otp",
            "to",
            "pqc"),
        ((List<?>) changes.status().get("protectionChanges")).get(0));
    assertEquals(
        Map.of(
            "alarms", Map.of("protection", Map.of("bob", "otp"), "fallbacks", 1L, "returns", 2L)),
        changes.status().get("rules"));
  }

  @Test
  void changesAreOfOneRule() {
    sent("alarms", ORDER, Protection.OTP);
    sent("bulk", ORDER, Protection.PQC);
    sent("alarms", ORDER, Protection.OTP);
    assertCounts(0, 0);
  }

  @Test
  void changesOfTheRuleItselfAreNoFallback() {
    sent("alarms", ORDER, Protection.OTP);
    sent("alarms", List.of(Protection.PQC), Protection.PQC);
    sent("alarms", ORDER, Protection.QKD_PQC);
    assertCounts(0, 1);
  }

  @Test
  void changesThatAreKeptAreTheLast() {
    for (int i = 0; i < 100; i++) {
      sent("alarms", ORDER, ORDER.get(i % 2));
    }
    assertCounts(50, 49);
    for (int i = 0; i < 1_000; i++) {
      sent("rule-" + i, ORDER, ORDER.get(0));
    }
    assertEquals(256, ((Map<?, ?>) changes.status().get("rules")).size());
  }
}
