package io.bellgate.launcher.config;

import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Nearest;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The structure that {@code site.json} and {@code overlay.json} must have; PIDs are checked later.
 */
final class SiteFile {
  private static final Map<String, ValueType> MEMBERS =
      Map.of(
          "site", ValueType.STRING,
          "description", ValueType.STRING,
          "features", ValueType.ARRAY,
          "sockets", ValueType.OBJECT,
          "logging", ValueType.OBJECT,
          "framework", ValueType.OBJECT,
          "configuration", ValueType.OBJECT);
  private static final Map<String, ValueType> SOCKET =
      Map.of("type", ValueType.STRING, "address", ValueType.STRING, "port", ValueType.NUMBER);
  private static final Map<String, ValueType> LOGGING =
      Map.of(
          "level", ValueType.STRING,
          "levels", ValueType.OBJECT,
          "files", ValueType.NUMBER,
          "file-octets", ValueType.NUMBER);
  private static final Set<String> LEVELS =
      Set.of("OFF", "SEVERE", "WARNING", "INFO", "CONFIG", "FINE", "FINER", "FINEST", "ALL");

  private final JsonDocument document;
  private final List<Finding> findings = new ArrayList<>();

  private SiteFile(JsonDocument document) {
    this.document = document;
  }

  /** All that is wrong with the structure of a file. */
  static List<Finding> check(JsonDocument document) {
    return new SiteFile(document).check();
  }

  private List<Finding> check() {
    members("", document.root(), MEMBERS);
    if (findings.isEmpty()) {
      features();
      object("sockets").forEach(this::socket);
      logging(object("logging"));
      object("configuration").forEach(this::configuration);
      object("framework").forEach(this::framework);
    }
    return findings;
  }

  private JsonObject object(String member) {
    return document.root().getOrDefault(member, JsonValue.EMPTY_JSON_OBJECT).asJsonObject();
  }

  private void members(String pointer, JsonObject object, Map<String, ValueType> known) {
    object.forEach(
        (name, value) -> {
          String at = pointer + JsonDocument.pointer(name);
          if (!known.containsKey(name)) {
            fail(
                "BG-CONFIG-001",
                at,
                "there is no such field: field=" + name,
                Nearest.advice(
                    name,
                    known.keySet(),
                    "known are " + String.join(", ", new java.util.TreeSet<>(known.keySet()))));
          } else if (value.getValueType() != known.get(name)
              && (pointer.isEmpty() || value.getValueType() != ValueType.NULL)) {
            wrongType(at, known.get(name), value);
          }
        });
  }

  private void wrongType(String pointer, ValueType expected, JsonValue value) {
    fail(
        "BG-CONFIG-002",
        pointer,
        "a value has the wrong type: expected=" + expected + " value=" + brief(value),
        "correct the value");
  }

  private void features() {
    JsonValue features = document.root().getOrDefault("features", JsonValue.EMPTY_JSON_ARRAY);
    int index = 0;
    for (JsonValue feature : features.asJsonArray()) {
      if (!(feature instanceof JsonString)) {
        wrongType("/features/" + index, ValueType.STRING, feature);
      }
      index++;
    }
  }

  private void socket(String name, JsonValue value) {
    String at = JsonDocument.pointer("sockets", name);
    if (!(value instanceof JsonObject socket)) {
      wrongType(at, ValueType.OBJECT, value);
      return;
    }
    if (name.equals("control")) {
      fail(
          "BG-CONFIG-006",
          at,
          "the control socket always exists and is not declared: socket=" + name,
          "remove it");
    }
    members(at, socket, SOCKET);
    if (socket.get("type") instanceof JsonString type
        && !Set.of("udp", "tcp").contains(type.getString())) {
      fail("BG-CONFIG-006", at + "/type", "a socket is udp or tcp: type=" + type, "correct it");
    }
    if (socket.get("port") instanceof JsonNumber port && !isWhole(port, 0, 65535)) {
      fail(
          "BG-CONFIG-007",
          at + "/port",
          "a port is a whole number from 0 (any free) to 65535: port=" + port,
          "correct it");
    }
  }

  private void logging(JsonObject logging) {
    members("/logging", logging, LOGGING);
    if (logging.get("level") instanceof JsonString level) {
      level("/logging/level", level);
    }
    if (logging.get("levels") instanceof JsonObject levels) {
      levels.forEach((name, value) -> level("/logging/levels" + JsonDocument.pointer(name), value));
    }
    range(logging, "files", 1, 100);
    range(logging, "file-octets", 10_000, 1_000_000_000);
  }

  private void range(JsonObject logging, String name, long min, long max) {
    if (logging.get(name) instanceof JsonNumber number && !isWhole(number, min, max)) {
      fail(
          "BG-CONFIG-006",
          "/logging/" + name,
          "a whole number from " + min + " to " + max + " is expected: value=" + number,
          "correct it");
    }
  }

  private void level(String pointer, JsonValue value) {
    if (!(value instanceof JsonString level) || !LEVELS.contains(level.getString())) {
      fail(
          "BG-CONFIG-006",
          pointer,
          "a log level is one of java.util.logging: value=" + brief(value),
          "use SEVERE, WARNING, INFO or FINE");
    }
  }

  private void configuration(String pid, JsonValue value) {
    String at = JsonDocument.pointer("configuration", pid);
    if (!(value instanceof JsonObject properties)) {
      wrongType(at, ValueType.OBJECT, value);
      return;
    }
    properties.forEach(
        (name, property) ->
            Variables.unknownIn(property)
                .forEach(
                    variable ->
                        fail(
                            "BG-CONFIG-011",
                            at + JsonDocument.pointer(name),
                            "there is no such variable: variable=" + variable,
                            "known are "
                                + String.join(", ", new java.util.TreeSet<>(Variables.NAMES)))));
  }

  private void framework(String name, JsonValue value) {
    if (!(value instanceof JsonString) && value.getValueType() != ValueType.NULL) {
      wrongType(JsonDocument.pointer("framework", name), ValueType.STRING, value);
    }
  }

  private void fail(String code, String pointer, String message, String next) {
    findings.add(Finding.fail(code, document.where(pointer), message, next));
  }

  static boolean isWhole(JsonNumber number, long min, long max) {
    try {
      long value = number.bigDecimalValue().longValueExact();
      return value >= min && value <= max;
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /** A value for a message, cut to 60 characters. */
  static String brief(JsonValue value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
