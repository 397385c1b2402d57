package io.bellgate.itests.framework;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The built program folder: features (OSGi Compendium chapter 159, JSON), bundles in Maven layout,
 * configuration. Read with as little as possible, not with the launcher's own reader.
 */
final class Program {
  private static final Path ROOT = Path.of(System.getProperty("bellgate.program")).normalize();

  private Program() {}

  /** A bundle of a feature. */
  record Part(String id, Path jar, int order) {}

  static Path root() {
    return ROOT;
  }

  /** Names of all shipped features. */
  static List<String> features() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("features"))) {
      return files.map(f -> f.getFileName().toString().replace(".json", "")).sorted().toList();
    }
  }

  /** The bundles of features and of what they require, in start order, each once. */
  static List<Part> parts(String... features) {
    Map<String, Part> parts = new LinkedHashMap<>();
    closure(features).values().forEach(feature -> parts(feature, parts));
    List<Part> sorted = new ArrayList<>(parts.values());
    sorted.sort(java.util.Comparator.comparingInt(Part::order));
    return sorted;
  }

  /** Configuration by PID that features bring. */
  static Map<String, JsonObject> configurations(String... features) {
    Map<String, JsonObject> all = new TreeMap<>();
    closure(features).values().forEach(feature -> pids(feature, "configurations", all));
    return all;
  }

  /** Configuration by PID of a shipped site. */
  static Map<String, JsonObject> site(String site) {
    Map<String, JsonObject> all = new TreeMap<>();
    pids(read(ROOT.resolve("config/" + site + "/site.json")), "configuration", all);
    return all;
  }

  private static void pids(JsonObject document, String key, Map<String, JsonObject> all) {
    if (document.containsKey(key)) {
      document.getJsonObject(key).forEach((pid, value) -> all.put(pid, value.asJsonObject()));
    }
  }

  private static Map<String, JsonObject> closure(String... features) {
    Map<String, JsonObject> all = new LinkedHashMap<>();
    for (String feature : features) {
      add(feature, all);
    }
    return all;
  }

  private static void add(String name, Map<String, JsonObject> all) {
    if (all.containsKey(name)) {
      return;
    }
    JsonObject feature = read(ROOT.resolve("features/" + name + ".json"));
    all.put(name, feature);
    if (feature.containsKey("extensions")
        && feature.getJsonObject("extensions").containsKey("bellgate:requires")) {
      feature
          .getJsonObject("extensions")
          .getJsonObject("bellgate:requires")
          .getJsonArray("text")
          .getValuesAs(JsonString::getString)
          .forEach(required -> add(required, all));
    }
  }

  private static void parts(JsonObject feature, Map<String, Part> parts) {
    if (!feature.containsKey("bundles")) {
      return;
    }
    for (JsonObject bundle : feature.getJsonArray("bundles").getValuesAs(JsonObject.class)) {
      String id = bundle.getString("id");
      parts.putIfAbsent(id, new Part(id, jar(id), bundle.getInt("start-order", 20)));
    }
  }

  private static Path jar(String id) {
    String[] part = id.split(":");
    Path jar =
        ROOT.resolve("system")
            .resolve(part[0].replace('.', '/'))
            .resolve(part[1])
            .resolve(part[2])
            .resolve(part[1] + "-" + part[2] + ".jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException("the program folder lacks a bundle of a feature: id=" + id);
    }
    return jar;
  }

  /** JSON with {@code //} comments on lines of their own, as the launcher takes it. */
  private static JsonObject read(Path file) {
    try {
      String text = Files.readString(file).replaceAll("(?m)^\\s*//.*$", "");
      try (JsonReader reader = Json.createReader(new StringReader(text))) {
        return reader.readObject();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
