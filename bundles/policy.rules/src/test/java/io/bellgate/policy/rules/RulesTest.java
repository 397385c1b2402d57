package io.bellgate.policy.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Flow;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Policy;
import io.bellgate.api.policy.Protection;
import io.bellgate.api.policy.RoutingRule;
import io.bellgate.api.policy.Snapshot;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final Snapshot NOTHING = new Snapshot(Set.of(), Map.of());

  private static Rules.Settings settings(String... rules) {
    Map<String, Object> values = Map.of("rules", rules, "destination", "bob");
    return (Rules.Settings)
        Proxy.newProxyInstance(
            Rules.class.getClassLoader(),
            new Class<?>[] {Rules.Settings.class},
            (p, m, a) -> values.getOrDefault(m.getName(), m.getDefaultValue()));
  }

  private static Flow flow(String dataClass, Map<String, Object> more) {
    Map<String, Object> attributes = new HashMap<>(more);
    attributes.put(Flow.NODE, "n1");
    attributes.put(Flow.RESOURCE, "pressure");
    attributes.put(Flow.DATA_CLASS, dataClass);
    attributes.put(Flow.INGRESS, "none");
    return new Flow(attributes);
  }

  private static Decision decide(Policy policy, Flow flow) {
    return policy.decide(flow, NOTHING, Instant.EPOCH);
  }

  @Test
  void takesTheFirstRuleThatMatches() {
    Rules rules =
        new Rules(
            settings(
                "alarm: (data.class=alarm) => otp, pqc to carol sink tape priority 0 else reject",
                "large: (payload.octets>=1000) => pqc priority 9",
                "rest: * => pqc-pure, pqc"));
    Decision.Send alarm =
        assertInstanceOf(
            Decision.Send.class, decide(rules, flow("alarm", Map.of(Flow.PAYLOAD_OCTETS, 5_000L))));
    assertEquals(
        new Decision.Send(
            "alarm",
            "carol",
            "tape",
            List.of(Protection.OTP, Protection.PQC),
            Decision.Otherwise.REJECT,
            0),
        alarm);
    assertEquals(
        "large",
        decide(rules, flow("x", Map.of(Flow.PAYLOAD_OCTETS, 1_000L))).rule(),
        "octets compare as numbers");
    Decision.Send rest =
        assertInstanceOf(
            Decision.Send.class, decide(rules, flow("x", Map.of(Flow.PAYLOAD_OCTETS, 999L))));
    assertEquals(
        new Decision.Send(
            "rest",
            "bob",
            "file",
            List.of(Protection.PQC_PURE, Protection.PQC),
            Decision.Otherwise.HOLD,
            5),
        rest);
  }

  @Test
  void comparesWhatANodeMeasuredAsANumber() {
    Rules rules =
        new Rules(
            settings(
                "high: (&(resource=pressure)(value>=10.5)(unit=bar)) => otp",
                "open: (value.boolean=true) => qkd",
                "rest: * => pqc"));
    assertEquals(
        "high", decide(rules, flow("x", Map.of(Flow.VALUE, 10.5, Flow.UNIT, "bar"))).rule());
    assertEquals(
        "high", decide(rules, flow("x", Map.of(Flow.VALUE, 100.0, Flow.UNIT, "bar"))).rule());
    assertEquals(
        "rest", decide(rules, flow("x", Map.of(Flow.VALUE, 9.75, Flow.UNIT, "bar"))).rule());
    assertEquals(
        "rest", decide(rules, flow("x", Map.of(Flow.VALUE, 10.5, Flow.UNIT, "Pa"))).rule());
    assertEquals("open", decide(rules, flow("x", Map.of(Flow.VALUE_BOOLEAN, true))).rule());
    assertEquals(
        "rest",
        decide(rules, flow("x", Map.of(Flow.VALUE_TEXT, "9", Flow.UNIT, "bar"))).rule(),
        "a text is never compared as a number");
  }

  @Test
  void refusesWhatNoRuleMatches() {
    Decision decision =
        decide(new Rules(settings("a: (data.class=a) => pqc")), flow("b", Map.of()));
    assertTrue(assertInstanceOf(Decision.Refuse.class, decision).reason().contains("data.class=b"));
  }

  @Test
  void refusesByRuleWithItsReason() {
    Decision decision =
        decide(new Rules(settings("no: * => refuse not from this site")), flow("b", Map.of()));
    assertEquals(new Decision.Refuse("no", "not from this site"), decision);
  }

  @Test
  void asksAPlugInAndFailsClosedWithoutIt() {
    Rules rules = new Rules(settings("hours: * => plugin office-hours", "rest: * => classical"));
    assertInstanceOf(
        Decision.Refuse.class,
        decide(rules, flow("b", Map.of())),
        "an absent plug-in never falls through to a weaker rule");
    RoutingRule none = (flow, state, time) -> Optional.empty();
    rules.bindPlugin(none, Map.of(RoutingRule.NAME, "office-hours"));
    assertEquals("rest", decide(rules, flow("b", Map.of())).rule());
    rules.unbindPlugin(none);
    rules.bindPlugin(
        (f, s, t) -> Optional.of(new Decision.Refuse("hours", "closed")),
        Map.of(RoutingRule.NAME, "office-hours"));
    assertEquals(new Decision.Refuse("hours", "closed"), decide(rules, flow("b", Map.of())));
    RoutingRule next = (f, s, t) -> Optional.of(new Decision.Refuse("hours", "next version"));
    RoutingRule broken =
        (f, s, t) -> {
          throw new IllegalStateException("a bug");
        };
    Rules swapped = new Rules(settings("hours: * => plugin p"));
    swapped.bindPlugin(broken, Map.of(RoutingRule.NAME, "p"));
    assertInstanceOf(Decision.Refuse.class, decide(swapped, flow("b", Map.of())), "a bug refuses");
    swapped.bindPlugin(next, Map.of(RoutingRule.NAME, "p")); // the new version beside the old
    swapped.unbindPlugin(broken);
    assertEquals(
        new Decision.Refuse("hours", "next version"), decide(swapped, flow("b", Map.of())));
  }

  @Test
  void adoptsARuleSetWholeOrKeepsTheOneBefore() {
    Rules rules = new Rules(settings("a: * => pqc"));
    String before = rules.ruleSet();
    rules.modified(settings("a: * => pqc", "b: (broken => pqc"));
    assertEquals(before, rules.ruleSet());
    assertTrue(
        rules.status().get("refusedRuleSet").toString().contains("BG-POLICY"),
        () -> rules.status().toString());
    rules.modified(settings("b: * => classical"));
    assertNotEquals(before, rules.ruleSet());
    assertEquals("b", decide(rules, flow("x", Map.of())).rule());
    rules.modified(settings("a: * => pqc"));
    assertEquals(before, rules.ruleSet(), "the same rules have the same name");
  }

  @Test
  void saysWhatIsWrongWithARule() {
    assertRefused("BG-POLICY-002");
    assertRefused("BG-POLICY-001", "a: * => pqc", "a: * => pqc");
    assertRefused("BG-POLICY-003", "no colon => pqc");
    assertRefused("BG-POLICY-003", "a: (x=1)");
    assertRefused("BG-POLICY-004", "a: (data.clas=alarm) => pqc");
    assertRefused("BG-POLICY-005", "a: (&(data.class=a) => pqc)(");
    assertRefused("BG-POLICY-006", "a: * => rot13");
    assertRefused("BG-POLICY-006", "a: * => pqc, pqc");
    assertRefused("BG-POLICY-006", "a: * => ");
    assertRefused("BG-POLICY-006", "a: * => pqc priority 10");
    assertRefused("BG-POLICY-006", "a: * => pqc else drop");
    assertRefused("BG-POLICY-006", "a: * => pqc to bob to carol");
    assertRefused("BG-POLICY-006", "a: * => pqc to bob nonsense");
  }

  private static void assertRefused(String code, String... lines) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Rules(settings(lines)),
            () -> List.of(lines).toString());
    assertTrue(
        e.getMessage().startsWith(code)
            || code.equals("BG-POLICY-006") && e.getMessage().startsWith("BG-POLICY-003"),
        e.getMessage());
  }

  @Test
  void answersGarbledRulesWithACodeAndNothingElse() {
    long seed = 5;
    Random random = new Random(seed);
    String good =
        "alarm: (&(data.class=alarm)(payload.octets<=100)) => otp, qkd+pqc to bob sink file priority 1 else hold";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder garbled = new StringBuilder(good);
      for (int k = 0; k < 1 + random.nextInt(4); k++) {
        garbled.setCharAt(random.nextInt(garbled.length()), (char) (32 + random.nextInt(95)));
      }
      try {
        new Rules(settings(garbled.toString()));
      } catch (IllegalArgumentException e) {
        assertTrue(
            e.getMessage().startsWith("BG-POLICY-00"),
            () -> "seed=" + seed + " rule=" + garbled + " message=" + e.getMessage());
      }
    }
  }
}
