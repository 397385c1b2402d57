package io.bellgate.ops.node.reading;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A reading that waits for its count. */
public interface Reading {
  /** CoAP Content-Format of JSON. */
  int JSON = 50;

  /** The reading under a count. */
  Counted at(long count);

  /**
   * A reading as it is posted.
   *
   * @param payload its octets
   * @param format its CoAP Content-Format
   * @param query where the count stands if not in the payload
   */
  record Counted(byte[] payload, int format, Optional<String> query) {}

  /**
   * A member of a JSON object.
   *
   * @param name of it
   * @param text a number as JSON writes it, {@code true}, {@code false}, or any other text
   */
  record Member(String name, String text) {
    private static final String NUMBER = "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?";
    private static final int MOST_DIGITS = 64;

    private void add(JsonObjectBuilder object) {
      if (text.length() <= MOST_DIGITS && text.matches(NUMBER)) {
        object.add(name, new BigDecimal(text));
      } else if (text.equals("true") || text.equals("false")) {
        object.add(name, Boolean.parseBoolean(text));
      } else {
        object.add(name, text);
      }
    }
  }

  /** A JSON object: {@code seq}, then members. */
  static Reading of(List<Member> members) {
    return count -> {
      JsonObjectBuilder object = Json.createObjectBuilder().add("seq", count);
      members.forEach(member -> member.add(object));
      return new Counted(octets(object.build().toString()), JSON, Optional.empty());
    };
  }

  /**
   * A payload as it is.
   *
   * @param inside whether its count is in it already; else it goes into the query
   */
  static Reading verbatim(String payload, int format, boolean inside) {
    return count ->
        new Counted(
            octets(payload), format, inside ? Optional.empty() : Optional.of("seq=" + count));
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
