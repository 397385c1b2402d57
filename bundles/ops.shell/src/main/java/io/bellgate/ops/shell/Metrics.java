package io.bellgate.ops.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Status as metrics, in the text format of Prometheus (0.0.4). A number is {@code
 * bellgate_SECTION_NAME}, a truth value 1 or 0, a list of texts its length; of a list of entries
 * each is told by a label, its name; a {@code state} is 1 with the state as a label. Other texts
 * are left out.
 */
final class Metrics {
  private static final List<String> NAMES = List.of("name", "peer", "site", "id");

  private final Map<String, List<String>> samples = new LinkedHashMap<>();

  /** Takes a status in. */
  Metrics add(Map<?, ?> status) {
    map("bellgate", "", status);
    return this;
  }

  private void map(String path, String labels, Map<?, ?> map) {
    map.forEach((name, value) -> value(path + "_" + snake(String.valueOf(name)), labels, value));
  }

  private void value(String path, String labels, Object value) {
    if (value instanceof Number number) {
      sample(path, labels, number.toString());
    } else if (value instanceof Boolean truth) {
      sample(path, labels, truth ? "1" : "0");
    } else if (value instanceof Map<?, ?> inner) {
      map(path, labels, inner);
    } else if (value instanceof List<?> list) {
      list(path, labels, list);
    } else if (path.endsWith("_state")) {
      sample(path, with(labels, "state", value), "1");
    }
  }

  private void list(String path, String labels, List<?> list) {
    int index = 0;
    for (Object item : list) {
      if (item instanceof Map<?, ?> entry) {
        map(path, with(labels, "of", nameOf(entry, index)), entry);
        index++;
      }
    }
    if (index == 0) {
      sample(path, labels, Integer.toString(list.size()));
    }
  }

  private static Object nameOf(Map<?, ?> entry, int index) {
    return NAMES.stream()
        .filter(entry::containsKey)
        .findFirst()
        .<Object>map(entry::get)
        .orElse(index);
  }

  private static String with(String labels, String name, Object value) {
    String escaped =
        String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return (labels.isEmpty() ? "" : labels + ",") + name + "=\"" + escaped + "\"";
  }

  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9_]", "_");
  }

  private void sample(String name, String labels, String value) {
    samples
        .computeIfAbsent(name, n -> new ArrayList<>())
        .add(name + (labels.isEmpty() ? "" : "{" + labels + "}") + " " + value);
  }

  /** Prints all samples of a name behind one another, as the format asks. */
  void print(PrintStream out) {
    samples.forEach(
        (name, lines) -> {
          out.print("# TYPE " + name + " untyped\n");
          lines.forEach(line -> out.print(line + "\n"));
        });
  }
}
