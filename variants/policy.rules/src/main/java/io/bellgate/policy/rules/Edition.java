package io.bellgate.policy.rules;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;

/**
 * DEMO VARIANT: derives one attribute more, {@code time.hour} (UTC, 0 to 23, {@code Long}), so that
 * a swap can be seen in rules and in status.
 */
final class Edition {
  static final String NAME = "demo variant with time.hour";
  static final Set<String> DERIVED = Set.of("time.hour");

  private Edition() {}

  static void derive(Map<String, Object> attributes, Instant time) {
    attributes.put("time.hour", (long) time.atOffset(ZoneOffset.UTC).getHour());
  }
}
