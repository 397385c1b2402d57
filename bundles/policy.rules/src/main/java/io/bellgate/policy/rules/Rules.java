package io.bellgate.policy.rules;

import io.bellgate.api.message.Flow;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Policy;
import io.bellgate.api.policy.RoutingRule;
import io.bellgate.api.policy.Snapshot;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The policy as one ordered rule set: first match wins, no match is a refusal. A rule set is
 * adopted whole; one that cannot be read is refused, and the one before it stays in force.
 *
 * <p>Stateless but for counters: a swap runs the new version beside the old, so that callers see no
 * gap.
 */
@Component(
    configurationPid = "io.bellgate.policy.rules",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = StatusSource.SECTION + "=policy")
@Designate(ocd = Rules.Settings.class)
public final class Rules implements Policy, StatusSource {
  private static final System.Logger LOG = System.getLogger(Rules.class.getName());

  /** The configuration. */
  @ObjectClassDefinition(
      name = "Policy rules",
      description = "One rule set, adopted whole or refused")
  public @interface Settings {
    /**
     * The rules.
     *
     * @return one rule each
     */
    @AttributeDefinition(description = "Rules in order; first match wins; syntax in docs/policy.md")
    String[] rules();

    /**
     * Site for rules without {@code to}.
     *
     * @return a site ID
     */
    @AttributeDefinition(description = "Site that rules without `to` send to")
    String destination();

    /**
     * Sink for rules without {@code sink}.
     *
     * @return a sink name
     */
    @AttributeDefinition(description = "Sink that rules without `sink` use")
    String sink() default "file";
  }

  private record Named(String name, RoutingRule plugin) {}

  private record Adopted(List<Rule> rules, String digest) {}

  /** In the order of arrival: of two under one name (a swap under way) the older serves. */
  private final List<Named> plugins = new CopyOnWriteArrayList<>();

  private final Map<String, LongAdder> matches = new ConcurrentHashMap<>();
  private volatile Adopted adopted;
  private volatile String refused = "";
  private volatile String last = "";

  /**
   * Adopts the configured rules.
   *
   * @param settings the configuration
   * @throws IllegalArgumentException if a rule cannot be read
   */
  @Activate
  public Rules(Settings settings) {
    adopted = adopt(settings);
  }

  @Modified
  void modified(Settings settings) {
    try {
      adopted = adopt(settings);
      refused = "";
    } catch (IllegalArgumentException e) {
      refused = e.getMessage();
      LOG.log(
          System.Logger.Level.WARNING,
          "new rule set refused, the one in force stays: {0}",
          e.getMessage());
    }
  }

  private static Adopted adopt(Settings settings) {
    List<Rule> rules =
        new RuleSyntax(settings.destination(), settings.sink()).read(settings.rules());
    String text =
        Edition.NAME
            + "\n"
            + settings.destination()
            + "\n"
            + settings.sink()
            + "\n"
            + String.join("\n", settings.rules());
    return new Adopted(rules, digest(text));
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindPlugin(RoutingRule plugin, Map<String, Object> properties) {
    plugins.add(new Named(String.valueOf(properties.get(RoutingRule.NAME)), plugin));
  }

  void unbindPlugin(RoutingRule plugin) {
    plugins.removeIf(p -> p.plugin() == plugin);
  }

  @Override
  public Decision decide(Flow flow, Snapshot state, Instant time) {
    Map<String, Object> attributes = Attributes.of(flow, time);
    for (Rule rule : adopted.rules()) {
      if (rule.filter().matches(attributes)) {
        Optional<Decision> decision = outcome(rule, flow, state, time);
        if (decision.isPresent()) {
          count(rule.name(), attributes);
          return decision.get();
        }
      }
    }
    count("none", attributes);
    return new Decision.Refuse(
        "none", "no rule matches this flow: add one for data.class=" + flow.text(Flow.DATA_CLASS));
  }

  private Optional<Decision> outcome(Rule rule, Flow flow, Snapshot state, Instant time) {
    if (rule.plugin().isEmpty()) {
      return Optional.of(rule.outcome());
    }
    Optional<Named> named =
        plugins.stream().filter(p -> p.name().equals(rule.plugin())).findFirst();
    if (named.isEmpty()) {
      // fail closed: skipping it could reach a weaker rule below
      return Optional.of(
          new Decision.Refuse(
              rule.name(), "the rule plug-in is not installed: plugin=" + rule.plugin()));
    }
    try {
      return Objects.requireNonNull(
          named.get().plugin().decide(flow, state, time), "a plug-in decides or leaves it");
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a rule plug-in failed: plugin=" + rule.plugin(), e);
      return Optional.of(
          new Decision.Refuse(rule.name(), "the rule plug-in failed: plugin=" + rule.plugin()));
    }
  }

  private void count(String rule, Map<String, Object> attributes) {
    matches.computeIfAbsent(rule, r -> new LongAdder()).increment();
    last = rule + " " + attributes;
  }

  @Override
  public String ruleSet() {
    return adopted.digest();
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("edition", Edition.NAME);
    status.put("ruleSet", adopted.digest());
    status.put("attributes", new ArrayList<>(Attributes.NAMES));
    Map<String, Object> counts = new LinkedHashMap<>();
    adopted
        .rules()
        .forEach(
            r ->
                counts.put(
                    r.name(), matches.containsKey(r.name()) ? matches.get(r.name()).sum() : 0L));
    counts.put("none", matches.containsKey("none") ? matches.get("none").sum() : 0L);
    status.put("matches", counts);
    status.put("lastDecision", last);
    if (!refused.isEmpty()) {
      status.put("refusedRuleSet", refused);
    }
    return status;
  }
}
