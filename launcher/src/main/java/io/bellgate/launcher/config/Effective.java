package io.bellgate.launcher.config;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What holds after all layers are merged property by property, and where each value is from.
 *
 * @param sections section to property to value
 */
public record Effective(SortedMap<String, SortedMap<String, Value>> sections) {

  /**
   * A property's value.
   *
   * @param name as written, with a Configurator type such as {@code limit:Integer} if it has one
   * @param value never null
   * @param layer that it comes from
   */
  public record Value(String name, JsonValue value, Layer layer) {}

  /** Merges layers; a later one wins. */
  public static Effective of(List<Layer> layers) {
    SortedMap<String, SortedMap<String, Value>> sections = new TreeMap<>();
    for (Layer layer : layers) {
      layer.sections().forEach((section, properties) -> add(sections, layer, section, properties));
    }
    return new Effective(sections);
  }

  private static void add(
      SortedMap<String, SortedMap<String, Value>> sections,
      Layer layer,
      String section,
      JsonObject properties) {
    SortedMap<String, Value> merged = sections.computeIfAbsent(section, s -> new TreeMap<>());
    properties.forEach(
        (name, value) -> {
          if (value == JsonValue.NULL || value.getValueType() == JsonValue.ValueType.NULL) {
            merged.remove(bare(name));
          } else {
            merged.put(bare(name), new Value(name, value, layer));
          }
        });
  }

  /** A property's name without its Configurator type. */
  public static String bare(String name) {
    int colon = name.indexOf(':');
    return colon > 0 ? name.substring(0, colon) : name;
  }

  /** One section as an object; empty if there is none. */
  public JsonObject section(String section) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    sections
        .getOrDefault(section, new TreeMap<>())
        .values()
        .forEach(value -> out.add(value.name(), value.value()));
    return out.build();
  }

  /** All sections that start with {@code prefix}, by the rest of their names. */
  public SortedMap<String, JsonObject> under(String prefix) {
    SortedMap<String, JsonObject> out = new TreeMap<>();
    for (String section : sections.keySet()) {
      if (section.startsWith(prefix)) {
        out.put(section.substring(prefix.length()), section(section));
      }
    }
    return out;
  }

  public SortedMap<String, JsonObject> configurations() {
    return under("configuration/");
  }

  public SortedMap<String, JsonObject> sockets() {
    return under("sockets/");
  }
}
