package io.bellgate.policy.rules;

import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Protection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;

/**
 * Reads rules in their text form:
 *
 * <pre>
 * NAME: FILTER => PROTECTION[, PROTECTION ...] [to SITE] [sink SINK] [priority 0-9] [else hold|reject]
 * NAME: FILTER => refuse REASON
 * NAME: FILTER => plugin PLUGIN
 * </pre>
 *
 * <p>FILTER is an OSGi filter (Core 8, section 3.2.7) over the flow's typed attributes; {@code *}
 * matches every flow. A rule that cannot be read refuses the whole set: half a policy is no policy.
 */
final class RuleSyntax {
  private static final Pattern SHAPE =
      Pattern.compile(
          "\\s*([a-z0-9-]{1,40})\\s*:\\s*(\\*|\\(.*\\))\\s*=>\\s*(.+?)\\s*", Pattern.DOTALL);
  private static final Pattern ATTRIBUTE =
      Pattern.compile("\\(\\s*([^()&|!=<>~\\s]+)\\s*(?:~=|>=|<=|=)");
  private static final Pattern OPTION = Pattern.compile("\\b(to|sink|priority|else)\\s+(\\S+)");
  private static final Pattern SITE = Pattern.compile("[a-z0-9-]{1,40}");

  private final String destination;
  private final String sink;

  /**
   * Sets what a rule means that does not say.
   *
   * @param destination site for rules without {@code to}
   * @param sink sink for rules without {@code sink}
   */
  RuleSyntax(String destination, String sink) {
    this.destination = destination;
    this.sink = sink;
  }

  /**
   * Reads a rule set.
   *
   * @param lines one rule each, first match wins
   * @return the rules in order, at least one
   * @throws IllegalArgumentException naming the first rule that is wrong, why, and what would be
   *     right
   */
  List<Rule> read(String[] lines) {
    List<Rule> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String line : lines) {
      Rule rule = read(line);
      if (!names.add(rule.name())) {
        throw new IllegalArgumentException(
            "BG-POLICY-001 a rule name is used once: rule=" + rule.name());
      }
      rules.add(rule);
    }
    if (rules.isEmpty()) {
      throw new IllegalArgumentException(
          "BG-POLICY-002 a rule set has at least one rule: add one to `rules`");
    }
    return List.copyOf(rules);
  }

  private Rule read(String line) {
    Matcher shape = SHAPE.matcher(line);
    if (!shape.matches()) {
      throw new IllegalArgumentException(
          "BG-POLICY-003 a rule is `NAME: FILTER => PROTECTIONS [to SITE] [sink SINK] [priority N] [else hold|reject]`: rule="
              + line);
    }
    String name = shape.group(1);
    Filter filter = filter(name, shape.group(2));
    String outcome = shape.group(3);
    if (outcome.startsWith("plugin ")) {
      return new Rule(name, filter, null, outcome.substring(7).strip());
    }
    if (outcome.startsWith("refuse ")) {
      return new Rule(name, filter, new Decision.Refuse(name, outcome.substring(7).strip()), "");
    }
    return new Rule(name, filter, send(name, outcome), "");
  }

  private static Filter filter(String name, String text) {
    String filter = text.equals("*") ? "(node=*)" : text;
    Matcher attribute = ATTRIBUTE.matcher(filter);
    while (attribute.find()) {
      if (!Attributes.known(attribute.group(1))) {
        throw new IllegalArgumentException(
            "BG-POLICY-004 a filter uses known attributes or names that start with x.: rule="
                + name
                + " attribute="
                + attribute.group(1)
                + " known="
                + Attributes.NAMES);
      }
    }
    try {
      return FrameworkUtil.createFilter(filter);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(
          "BG-POLICY-005 a filter has OSGi filter syntax: rule=" + name + ": " + e.getMessage(), e);
    }
  }

  private Decision send(String name, String outcome) {
    String to = destination;
    String into = sink;
    int priority = 5;
    Decision.Otherwise otherwise = Decision.Otherwise.HOLD;
    Matcher option = OPTION.matcher(outcome);
    int end = outcome.length();
    Set<String> given = new HashSet<>();
    while (option.find()) {
      end = Math.min(end, option.start());
      String value = option.group(2);
      if (!given.add(option.group(1))) {
        throw wrong(name, option.group(1) + " is given once", value);
      }
      switch (option.group(1)) {
        case "to" -> to = word(name, "to", value);
        case "sink" -> into = word(name, "sink", value);
        case "priority" -> priority = priority(name, value);
        default -> otherwise = otherwise(name, value);
      }
    }
    String rest = OPTION.matcher(outcome.substring(end)).replaceAll("");
    if (!rest.isBlank()) {
      throw wrong(name, "after the protections come to, sink, priority, else", rest.strip());
    }
    try {
      return new Decision.Send(
          name, to, into, protections(name, outcome.substring(0, end)), otherwise, priority);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("BG-POLICY-006 rule=" + name + ": " + e.getMessage(), e);
    }
  }

  private static List<Protection> protections(String name, String text) {
    List<Protection> protections = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      protections.add(
          Protection.of(word.strip())
              .orElseThrow(() -> wrong(name, "a protection is one of " + words(), word.strip())));
    }
    return protections;
  }

  private static List<String> words() {
    return java.util.Arrays.stream(Protection.values()).map(Protection::word).toList();
  }

  private static String word(String name, String option, String value) {
    if (!SITE.matcher(value).matches()) {
      throw wrong(name, option + " is followed by lower-case letters, digits, hyphens", value);
    }
    return value;
  }

  private static int priority(String name, String value) {
    if (!value.matches("[0-9]")) {
      throw wrong(name, "a priority is 0 (first) to 9", value);
    }
    return value.charAt(0) - '0';
  }

  private static Decision.Otherwise otherwise(String name, String value) {
    return switch (value) {
      case "hold" -> Decision.Otherwise.HOLD;
      case "reject" -> Decision.Otherwise.REJECT;
      default -> throw wrong(name, "else is followed by hold or reject", value);
    };
  }

  private static IllegalArgumentException wrong(String name, String rule, String value) {
    return new IllegalArgumentException(
        "BG-POLICY-006 " + rule + ": rule=" + name + " value=" + value);
  }
}
