package io.bellgate.api.policy;

import java.util.List;
import java.util.Objects;

/** What the policy says about a flow. */
public sealed interface Decision {
  /**
   * The rule that matched, or what stands in for one.
   *
   * @return a rule name
   */
  String rule();

  /**
   * Send it.
   *
   * @param rule the rule that matched
   * @param destination the site that delivers it; the gateway's own ID for local delivery
   * @param sink the sink at that site
   * @param acceptable protections in order of preference, at least one; none outside this list is
   *     ever used
   * @param otherwise what to do while none of them can be had
   * @param priority 0 (first) to 9
   */
  record Send(
      String rule,
      String destination,
      String sink,
      List<Protection> acceptable,
      Otherwise otherwise,
      int priority)
      implements Decision {
    /**
     * Copies the list.
     *
     * @param rule as above
     * @param destination as above
     * @param sink as above
     * @param acceptable as above
     * @param otherwise as above
     * @param priority as above
     * @throws IllegalArgumentException if there is no protection, one is named twice, or the
     *     priority is out of range
     */
    public Send {
      Objects.requireNonNull(rule, "rule");
      Objects.requireNonNull(destination, "destination");
      Objects.requireNonNull(sink, "sink");
      Objects.requireNonNull(otherwise, "otherwise");
      acceptable = List.copyOf(acceptable);
      if (acceptable.isEmpty() || acceptable.stream().distinct().count() != acceptable.size()) {
        throw new IllegalArgumentException(
            "a rule names at least one protection, each once: acceptable=" + acceptable);
      }
      if (priority < 0 || priority > 9) {
        throw new IllegalArgumentException("a priority is 0 to 9: priority=" + priority);
      }
    }
  }

  /**
   * Refuse it.
   *
   * @param rule the rule that matched, or {@code none}
   * @param reason why, in words
   */
  record Refuse(String rule, String reason) implements Decision {}

  /** What to do while no acceptable protection can be had. */
  enum Otherwise {
    /** Keep it durably until one can. */
    HOLD,
    /** Refuse it. */
    REJECT
  }
}
