package io.bellgate.coap.readings;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.node.Ask;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Deliveries and asks for tests. */
final class Said {
  static final Source LEVEL = new Source("alice", "tank-1", "level");

  private Said() {}

  /** What tank-1 of alice says of its level. */
  static Delivery level(long number, long count, String payload) {
    return delivery(number, count, LEVEL, "text/plain", octets(payload));
  }

  static Delivery delivery(long number, long count, Source source, String format, byte[] payload) {
    return delivery(number, source.node(), count, source, format, payload);
  }

  /** One whose speaker is somebody else than its flow says, perhaps. */
  static Delivery delivery(
      long number, String speaker, long count, Source source, String format, byte[] payload) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put(Flow.NODE, source.node());
    attributes.put(Flow.RESOURCE, source.resource());
    attributes.put(Flow.DATA_CLASS, "process");
    attributes.put(Flow.INGRESS, "DTLS-PSK");
    attributes.put(Flow.CONTENT_FORMAT, format);
    return new Delivery(
        number,
        new Message(
            new MessageId(speaker, count),
            new Flow(attributes),
            payload,
            Instant.parse("2026-01-01T00:00:00Z")),
        source.site(),
        Map.of("protection", "qkd+pqc", "rule", "shared", "class", "process"));
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What a node under OSCORE asks. */
  static Ask get(String node, String... path) {
    return ask(node, "OSCORE", Ask.Method.GET, OptionalInt.empty(), path);
  }

  static Ask ask(
      String node, String ingress, Ask.Method method, OptionalInt accept, String... path) {
    return new Ask(
        node, ingress, method, List.of(path), List.of(), OptionalInt.empty(), new byte[0], accept);
  }
}
