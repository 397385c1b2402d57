package io.bellgate.coap.node;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * DEMO VARIANT: another resource type in {@code /.well-known/core}, and state format 2, which also
 * keeps the time of last contact. It writes format 1 too, so that its predecessor can take over
 * again.
 */
final class Edition {
  static final String NAME = "demo variant with state format 2";
  static final String RESOURCE_TYPE = "bellgate.telemetry.demo-variant";
  static final int BEST_FORMAT = 2;

  private Edition() {}

  static byte[] write(int format, Nodes nodes) {
    return switch (format) {
      case 1 -> StateFormat1.write(nodes);
      case 2 -> StateFormat2.write(nodes);
      default -> throw unknown(format);
    };
  }

  static Nodes read(int format, byte[] octets) {
    return switch (format) {
      case 1 -> StateFormat1.read(octets);
      case 2 -> StateFormat2.read(octets);
      default -> throw unknown(format);
    };
  }

  private static IllegalArgumentException unknown(int format) {
    return new IllegalArgumentException(
        "this version knows state formats 1 and 2: format=" + format);
  }

  static Map<String, Object> describe(Nodes.Node node) {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("accepted", node.accepted());
    description.put("lastSequence", node.lastSequence());
    description.put(
        "lastSeen",
        node.lastSeenMillis() == 0
            ? "unknown"
            : Instant.ofEpochMilli(node.lastSeenMillis()).toString());
    return description;
  }
}
