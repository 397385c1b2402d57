package org.example.rule.hours;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.message.Flow;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.RoutingRule;
import io.bellgate.api.policy.RoutingRuleContract;
import io.bellgate.api.policy.Snapshot;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OfficeHoursTest extends RoutingRuleContract {
  private static final Flow FLOW =
      new Flow(
          Map.of(
              Flow.NODE, "n",
              Flow.RESOURCE, "door",
              Flow.DATA_CLASS, "office",
              Flow.INGRESS, "none"));

  @Override
  protected RoutingRule rule() {
    return new OfficeHours(ZoneId.of("Europe/Paris"), 8, 18, "bob", "file");
  }

  private Optional<Decision> at(String time) {
    return rule().decide(FLOW, new Snapshot(Set.of(), Map.of()), Instant.parse(time));
  }

  @Test
  void leavesTheDayToOtherRules() {
    assertEquals(Optional.empty(), at("2026-03-02T07:00:00Z"), "Monday, eight in Paris");
    assertEquals(Optional.empty(), at("2026-03-02T16:59:59Z"));
  }

  @Test
  void sendsLastAtNightAndAtTheWeekend() {
    for (String time :
        new String[] {"2026-03-02T06:59:59Z", "2026-03-02T17:00:00Z", "2026-03-01T11:00:00Z"}) {
      Decision.Send send = (Decision.Send) at(time).orElseThrow();
      assertEquals("bob", send.destination());
      assertEquals(9, send.priority());
    }
  }

  @Test
  void refusesAnOfficeThatNeverOpens() {
    ZoneId utc = ZoneId.of("UTC");
    assertThrows(IllegalArgumentException.class, () -> new OfficeHours(utc, 18, 8, "bob", "file"));
  }
}
