package io.bellgate.launcher.config;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${site}}, {@code ${data}}, {@code ${home}} and {@code ${config}} in strings, at
 * every start, so that generations hold no paths.
 *
 * @param values name to value
 */
public record Variables(Map<String, String> values) {
  /** Names that may be used. */
  public static final Set<String> NAMES = Set.of("site", "data", "home", "config");

  private static final Pattern USE = Pattern.compile("\\$\\{([^}]*)}");

  /**
   * @param site name of the site
   * @param data data folder
   * @param home program folder
   * @param config the site's folder of configuration
   */
  public static Variables of(String site, Path data, Path home, Path config) {
    return new Variables(
        Map.of(
            "site", site,
            "data", data.toString(),
            "home", home.toString(),
            "config", config.toString()));
  }

  public String replace(String text) {
    return USE.matcher(text)
        .replaceAll(
            use -> Matcher.quoteReplacement(values.getOrDefault(use.group(1), use.group())));
  }

  public JsonObject replace(JsonObject object) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    object.forEach((name, value) -> out.add(name, replace(value)));
    return out.build();
  }

  private JsonValue replace(JsonValue value) {
    if (value instanceof JsonString string) {
      return Json.createValue(replace(string.getString()));
    }
    if (value instanceof JsonArray array) {
      JsonArrayBuilder out = Json.createArrayBuilder();
      array.forEach(element -> out.add(replace(element)));
      return out.build();
    }
    return value instanceof JsonObject object ? replace(object) : value;
  }

  /** Names used in a value that do not exist. */
  static Set<String> unknownIn(JsonValue value) {
    Set<String> out = new TreeSet<>();
    USE.matcher(value.toString()).results().map(use -> use.group(1)).forEach(out::add);
    out.removeAll(NAMES);
    return out;
  }
}
