package io.bellgate.ops.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Status as metrics, in the text format of Prometheus (0.0.4). A number is {@code
 * bellgate_SECTION_NAME}, a truth value 1 or 0, a list of texts its length; entries of a list are
 * told apart by labels, the texts that name them, or by their number; a {@code state} is 1 with the
 * state as a label. Other texts are left out. No series is printed twice.
 */
final class Metrics {
  private static final List<String> NAMES =
      List.of("name", "node", "peer", "site", "id", "origin", "identity");

  private final Map<String, List<String>> samples = new LinkedHashMap<>();
  private final Set<String> series = new HashSet<>();

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
    Set<String> seen = new HashSet<>();
    for (Object item : list) {
      if (item instanceof Map<?, ?> entry) {
        String named = named(labels, path, entry);
        boolean apart = !named.equals(labels) && seen.add(named);
        map(path, apart ? named : with(named, label(path, "number"), index), entry);
        index++;
      }
    }
    if (index == 0) {
      sample(path, labels, Integer.toString(list.size()));
    }
  }

  private static String named(String labels, String path, Map<?, ?> entry) {
    String all = labels;
    for (String name : NAMES) {
      if (entry.get(name) instanceof String text) {
        all = with(all, labels.contains(name + "=") ? label(path, name) : name, text);
      }
    }
    return all;
  }

  /** A label that no level above has. */
  private static String label(String path, String name) {
    return path.substring(path.lastIndexOf('_') + 1) + "_" + name;
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
    if (!series.add(name + "{" + labels)) {
      return; // two names of a status that are one here
    }
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
