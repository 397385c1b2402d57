package io.bellgate.coap.node;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the standard edition shows of a resource, and its state format: 1. */
final class Edition {
  static final String NAME = "standard";
  static final String RESOURCE_TYPE = "bellgate.telemetry";
  static final int BEST_FORMAT = 1;

  private Edition() {}

  static byte[] write(int format, Nodes nodes) {
    check(format);
    return StateFormat1.write(nodes);
  }

  static Nodes read(int format, byte[] octets) {
    check(format);
    return StateFormat1.read(octets);
  }

  private static void check(int format) {
    if (format != BEST_FORMAT) {
      throw new IllegalArgumentException("this version knows state format 1: format=" + format);
    }
  }

  static Map<String, Object> describe(Nodes.Node node) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("accepted", node.accepted());
    description.put("lastSequence", node.lastSequence());
    return description;
  }
}
