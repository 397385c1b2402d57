package io.bellgate.policy.rules;

import io.bellgate.api.message.Flow;
import java.time.Instant;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The attributes that a filter may use: the flow's own, and those that this edition of the bundle
 * derives.
 */
final class Attributes {
  /** Names that have a meaning, sorted; not every flow has each. */
  static final SortedSet<String> NAMES = names();

  private Attributes() {}

  private static SortedSet<String> names() {
    SortedSet<String> names =
        new TreeSet<>(
            java.util.List.of(
                Flow.NODE,
                Flow.RESOURCE,
                Flow.DATA_CLASS,
                Flow.INGRESS,
                Flow.PAYLOAD_OCTETS,
                Flow.CONTENT_FORMAT,
                Flow.VALUE,
                Flow.VALUE_TEXT,
                Flow.VALUE_BOOLEAN,
                Flow.UNIT,
                Flow.RECORD_NAME,
                Flow.RECORD_TIME));
    names.addAll(Edition.DERIVED);
    return java.util.Collections.unmodifiableSortedSet(names);
  }

  static boolean known(String name) {
    return NAMES.contains(name) || name.startsWith("x.");
  }

  static Map<String, Object> of(Flow flow, Instant time) {
    Map<String, Object> all = new TreeMap<>(flow.attributes());
    Edition.derive(all, time);
    return all;
  }
}
