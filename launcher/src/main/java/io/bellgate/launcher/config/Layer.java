package io.bellgate.launcher.config;

import io.bellgate.launcher.json.JsonDocument;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One source of configuration: section to properties. Sections are {@code configuration/PID},
 * {@code sockets/NAME}, {@code logging} and {@code framework}.
 *
 * @param name {@code feature}, {@code site}, {@code overlay} or {@code command line}
 * @param document file it was read from, if it is a file
 * @param sections section to its properties; a null value takes a lower layer's value away
 */
public record Layer(
    String name, Optional<JsonDocument> document, SortedMap<String, JsonObject> sections) {

  /** A layer of configurations and framework properties that is no file. */
  public static Layer of(
      String name, Map<String, JsonObject> configurations, JsonObject framework) {
    SortedMap<String, JsonObject> sections = new TreeMap<>();
    configurations.forEach((pid, properties) -> sections.put("configuration/" + pid, properties));
    if (!framework.isEmpty()) {
      sections.put("framework", framework);
    }
    return new Layer(name, Optional.empty(), sections);
  }

  /** A layer from a checked site or overlay file. */
  public static Layer of(String name, JsonDocument document) {
    SortedMap<String, JsonObject> sections = new TreeMap<>();
    for (String member : new String[] {"configuration", "sockets"}) {
      document
          .root()
          .getOrDefault(member, JsonValue.EMPTY_JSON_OBJECT)
          .asJsonObject()
          .forEach((key, value) -> sections.put(member + "/" + key, value.asJsonObject()));
    }
    for (String member : new String[] {"logging", "framework"}) {
      if (document.root().containsKey(member)) {
        sections.put(member, document.root().getJsonObject(member));
      }
    }
    return new Layer(name, Optional.of(document), sections);
  }

  /** Where a property stands, for messages. */
  public String where(String section, String property) {
    String[] path = section.split("/", 2);
    String pointer =
        JsonDocument.pointer(path) + (property.isEmpty() ? "" : JsonDocument.pointer(property));
    return document.map(file -> file.where(pointer)).orElse(name);
  }
}
