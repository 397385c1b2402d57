package io.bellgate.launcher.config;

import io.bellgate.launcher.bundle.MetatypeXml;
import io.bellgate.launcher.report.Finding;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Judges one value by its metatype attribute. */
final class ValueCheck {
  private static final Map<String, long[]> WHOLE =
      Map.of(
          "Byte", new long[] {Byte.MIN_VALUE, Byte.MAX_VALUE},
          "Short", new long[] {Short.MIN_VALUE, Short.MAX_VALUE},
          "Integer", new long[] {Integer.MIN_VALUE, Integer.MAX_VALUE},
          "Long", new long[] {Long.MIN_VALUE, Long.MAX_VALUE});

  private final String where;
  private final String name;
  private final MetatypeXml.Attribute attribute;
  private final List<Finding> findings;

  ValueCheck(String where, String name, MetatypeXml.Attribute attribute, List<Finding> findings) {
    this.where = where;
    this.name = name;
    this.attribute = attribute;
    this.findings = findings;
  }

  void check(JsonValue value) {
    if (ConfigurationCheck.isNull(value)) {
      return;
    }
    if (value instanceof JsonArray array) {
      if (!attribute.many()) {
        wrongType(value);
        return;
      }
      array.forEach(this::single);
    } else {
      single(value);
    }
  }

  private void single(JsonValue value) {
    if (!hasType(value)) {
      wrongType(value);
    } else if (!inRange(value)) {
      fail(
          isPort() ? "BG-CONFIG-007" : "BG-CONFIG-006",
          "a value is outside its range: property="
              + name
              + " value="
              + SiteFile.brief(value)
              + range());
    } else if (attribute.type().equals("Password") && !isReference(value)) {
      findings.add(
          Finding.fail(
              "BG-CONFIG-008",
              where,
              "a secret stands in a file of its own, never in the configuration: property=" + name,
              "write \"file:${data}/secrets/NAME\" and put the secret there, mode 0600"));
    }
  }

  private boolean hasType(JsonValue value) {
    return switch (attribute.type()) {
      case "Boolean" ->
          value.getValueType() == JsonValue.ValueType.TRUE
              || value.getValueType() == JsonValue.ValueType.FALSE;
      case "Double", "Float" -> value instanceof JsonNumber;
      case "Byte", "Short", "Integer", "Long" ->
          value instanceof JsonNumber number
              && SiteFile.isWhole(number, Long.MIN_VALUE, Long.MAX_VALUE);
      case "Character" -> value instanceof JsonString text && text.getString().length() == 1;
      default -> value instanceof JsonString;
    };
  }

  private boolean inRange(JsonValue value) {
    String text = value instanceof JsonString string ? string.getString() : value.toString();
    if (!attribute.options().isEmpty() && !attribute.options().contains(text)) {
      return false;
    }
    if (!(value instanceof JsonNumber number)) {
      return true;
    }
    long[] bounds = WHOLE.get(attribute.type());
    if (bounds != null && !SiteFile.isWhole(number, bounds[0], bounds[1])) {
      return false;
    }
    if (isPort() && !SiteFile.isWhole(number, 0, 65535)) {
      return false;
    }
    return within(number.bigDecimalValue());
  }

  private boolean within(BigDecimal value) {
    return (attribute.min().isEmpty() || value.compareTo(new BigDecimal(attribute.min())) >= 0)
        && (attribute.max().isEmpty() || value.compareTo(new BigDecimal(attribute.max())) <= 0);
  }

  private boolean isPort() {
    return name.equals("port") || name.endsWith(".port") || name.endsWith("Port");
  }

  private String range() {
    String options =
        attribute.options().isEmpty() ? "" : " options=" + String.join("|", attribute.options());
    String min = attribute.min().isEmpty() ? "" : " min=" + attribute.min();
    String max = attribute.max().isEmpty() ? "" : " max=" + attribute.max();
    return options + min + max + (isPort() ? " min=0 max=65535" : "");
  }

  private static boolean isReference(JsonValue value) {
    return value instanceof JsonString text
        && text.getString().matches("(file|env|credential|pkcs11):.+");
  }

  private void wrongType(JsonValue value) {
    fail(
        "BG-CONFIG-005",
        "a value has the wrong type: property="
            + name
            + " expected="
            + attribute.type()
            + (attribute.many() ? "[]" : "")
            + " value="
            + SiteFile.brief(value));
  }

  private void fail(String code, String message) {
    findings.add(Finding.fail(code, where, message, "correct the value"));
  }
}
