package io.bellgate.launcher.json;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** JSON values to text and back to plain collections. */
public final class JsonText {
  private JsonText() {}

  /** Indented text with a line feed at its end. */
  public static String pretty(JsonStructure value) {
    StringWriter out = new StringWriter();
    Map<String, Object> options = Map.of(JsonGenerator.PRETTY_PRINTING, true);
    try (JsonWriter writer = Json.createWriterFactory(options).createWriter(out)) {
      writer.write(value);
    }
    return out.toString().strip() + "\n";
  }

  /** Members in alphabetical order at every depth, so that equal content gives equal text. */
  public static String canonical(JsonValue value) {
    return sorted(value).toString();
  }

  private static JsonValue sorted(JsonValue value) {
    if (value instanceof JsonObject object) {
      JsonObjectBuilder out = Json.createObjectBuilder();
      new TreeMap<>(object).forEach((name, member) -> out.add(name, sorted(member)));
      return out.build();
    }
    return value;
  }

  /** An object whose members are strings; other members become their JSON text. */
  public static SortedMap<String, String> strings(JsonObject object) {
    SortedMap<String, String> out = new TreeMap<>();
    object.forEach((name, value) -> out.put(name, plain(value)));
    return out;
  }

  public static JsonObject object(Map<String, String> strings) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    new TreeMap<>(strings).forEach(out::add);
    return out.build();
  }

  public static JsonArrayBuilder array(Collection<String> strings) {
    JsonArrayBuilder out = Json.createArrayBuilder();
    strings.forEach(out::add);
    return out;
  }

  /** A string without quotation marks, anything else as JSON. */
  public static String plain(JsonValue value) {
    return value instanceof JsonString string ? string.getString() : value.toString();
  }
}
