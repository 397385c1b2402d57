package io.bellgate.policy.rules;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** What the standard edition derives beyond the flow's own attributes: nothing. */
final class Edition {
  static final String NAME = "standard";
  static final Set<String> DERIVED = Set.of();

  private Edition() {}

  static void derive(Map<String, Object> attributes, Instant time) {
    // the flow's own attributes are all there is
  }
}
