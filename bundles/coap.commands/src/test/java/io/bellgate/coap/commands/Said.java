package io.bellgate.coap.commands;

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
public final class Said {
  /** The name of the issuing gateway. */
  public static final String BOB = MessageId.gateway("bob", 0x1234);

  /** When commands expire in tests: a day after the clock of tests begins. */
  public static final long EXPIRES = Instant.parse("2026-01-02T00:00:00Z").getEpochSecond();

  private Said() {}

  /** A command of bob's operator. */
  public static Delivery command(long number, String node, String payload) {
    return command(number, node, payload.getBytes(StandardCharsets.UTF_8), EXPIRES);
  }

  /** One that expires then. */
  public static Delivery command(long number, String node, byte[] payload, long expires) {
    return delivery(number, BOB, attributes(node, expires), payload, "bob");
  }

  /** The attributes of a command's flow. */
  public static Map<String, Object> attributes(String node, long expires) {
    Map<String, Object> attributes = new HashMap<>();
    attributes.put(Flow.NODE, node);
    attributes.put(Flow.RESOURCE, "valve");
    attributes.put(Flow.DATA_CLASS, "command");
    attributes.put(Flow.INGRESS, Flow.OPERATOR);
    attributes.put(Flow.CONTENT_FORMAT, "text/plain");
    attributes.put("x.command.expires", expires);
    return attributes;
  }

  /** Any delivery. */
  public static Delivery delivery(
      long number, String name, Map<String, Object> attributes, byte[] payload, String site) {
    return new Delivery(
        number,
        new Message(
            new MessageId(name, number),
            new Flow(attributes),
            payload,
            Instant.parse("2026-01-01T00:00:00Z")),
        site,
        Map.of("protection", "qkd+pqc", "rule", "commands", "class", "command"));
  }

  /** What a node under DTLS asks. */
  public static Ask ask(String node, Ask.Method method, List<String> path, byte[] payload) {
    return new Ask(
        node,
        "DTLS-PSK",
        method,
        path,
        List.of(),
        OptionalInt.empty(),
        payload,
        OptionalInt.empty());
  }

  /** Asks for what is to do. */
  public static Ask get(String node) {
    return ask(node, Ask.Method.GET, List.of(), new byte[0]);
  }

  /** Says that it was done. */
  public static Ask post(String node, long number, String result) {
    return ask(
        node,
        Ask.Method.POST,
        List.of(Long.toString(number)),
        result.getBytes(StandardCharsets.UTF_8));
  }
}
