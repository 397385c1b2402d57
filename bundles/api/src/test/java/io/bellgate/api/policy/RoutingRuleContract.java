package io.bellgate.api.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.bellgate.api.message.Flow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RoutingRule} keeps to: it is a pure function that has an answer for everything.
 * A rule's test extends this class and says how to make the rule.
 */
public abstract class RoutingRuleContract {
  private static final Instant MONDAY = Instant.parse("2026-03-02T00:00:00Z");

  /** For a rule's test. */
  protected RoutingRuleContract() {}

  /**
   * Makes a rule; two of them answer alike.
   *
   * @return a new one
   * @throws Exception if that fails
   */
  protected abstract RoutingRule rule() throws Exception;

  /**
   * Flows that the rule is about, beside those that this suite makes up.
   *
   * @return none unless overridden
   */
  protected List<Flow> flows() {
    return List.of();
  }

  private static Flow flow(Random random) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put(Flow.NODE, "node-" + random.nextInt(9));
    attributes.put(Flow.RESOURCE, random.nextBoolean() ? "pressure" : "");
    attributes.put(Flow.DATA_CLASS, random.nextBoolean() ? "process" : "unclassified");
    attributes.put(Flow.INGRESS, "none");
    if (random.nextBoolean()) {
      attributes.put(Flow.PAYLOAD_OCTETS, random.nextLong());
    }
    if (random.nextBoolean()) {
      attributes.put("x." + random.nextInt(3), random.nextDouble());
    }
    return new Flow(attributes);
  }

  private List<Flow> allFlows() {
    long seed = System.nanoTime();
    System.out.println("RoutingRuleContract seed=" + seed);
    Random random = new Random(seed);
    List<Flow> flows = new ArrayList<>(flows());
    for (int i = 0; i < 20; i++) {
      flows.add(flow(random));
    }
    return flows;
  }

  private static List<Snapshot> snapshots() {
    return List.of(
        new Snapshot(Set.of(), Map.of()),
        new Snapshot(Set.of("bob"), Map.of("bob", Set.of(Protection.values()))),
        new Snapshot(Set.of("bob"), Map.of("bob", Set.of(Protection.CLASSICAL))));
  }

  private static List<Instant> times() {
    List<Instant> times =
        new ArrayList<>(List.of(Instant.EPOCH, Instant.parse("9999-12-31T23:59:59Z")));
    for (int halfHour = 0; halfHour < 7 * 48; halfHour++) {
      times.add(MONDAY.plus(Duration.ofMinutes(30L * halfHour)));
    }
    return times;
  }

  @Test
  void answersEverythingAndAlwaysAlike() throws Exception {
    RoutingRule rule = rule();
    RoutingRule other = rule();
    for (Flow flow : allFlows()) {
      for (Snapshot state : snapshots()) {
        for (Instant time : times()) {
          Optional<Decision> decision = rule.decide(flow, state, time);
          assertNotNull(decision, () -> "null for flow=" + flow + " time=" + time);
          assertEquals(decision, rule.decide(flow, state, time), "asked again");
          assertEquals(decision, other.decide(flow, state, time), "asked elsewhere");
        }
      }
    }
  }

  @Test
  void saysItsReasonWhenItRefuses() throws Exception {
    RoutingRule rule = rule();
    for (Flow flow : allFlows()) {
      for (Instant time : times()) {
        rule.decide(flow, snapshots().get(0), time)
            .ifPresent(
                decision -> {
                  assertEquals(false, decision.rule().isBlank(), "a decision names its rule");
                  if (decision instanceof Decision.Refuse refuse) {
                    assertEquals(false, refuse.reason().isBlank(), "a refusal has a reason");
                  }
                });
      }
    }
  }
}
