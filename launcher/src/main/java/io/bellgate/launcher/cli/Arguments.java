package io.bellgate.launcher.cli;

import io.bellgate.launcher.report.Nearest;
import io.bellgate.launcher.report.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Words of a command line: options start with two hyphens, {@code -Dname=value} may repeat. */
final class Arguments {
  private final List<String> words = new ArrayList<>();
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, String> properties = new HashMap<>();

  /**
   * Sorts the words of a command line.
   *
   * @param valued names of options with a value, as {@code --name value} or {@code --name=value}
   * @param flags names of options without
   * @throws Refusal for any other option (exit code 2)
   */
  static Arguments parse(List<String> line, Set<String> valued, Set<String> flags) {
    Arguments out = new Arguments();
    for (int i = 0; i < line.size(); i++) {
      String word = line.get(i);
      if (word.startsWith("-D") && word.contains("=")) {
        String[] parts = word.substring(2).split("=", 2);
        out.properties.put(parts[0], parts[1]);
      } else if (!word.startsWith("--")) {
        out.words.add(word);
      } else {
        i += out.option(line, i, valued, flags);
      }
    }
    return out;
  }

  private int option(List<String> line, int at, Set<String> valued, Set<String> flags) {
    String[] parts = line.get(at).substring(2).split("=", 2);
    if (valued.contains(parts[0])) {
      if (parts.length == 2) {
        values.put(parts[0], parts[1]);
        return 0;
      }
      if (at + 1 == line.size()) {
        throw Refusal.usage("an option lacks its value: option=--" + parts[0], "give the value");
      }
      values.put(parts[0], line.get(at + 1));
      return 1;
    }
    if (!flags.contains(parts[0]) || parts.length == 2) {
      List<String> known = new ArrayList<>(valued);
      known.addAll(flags);
      throw Refusal.usage(
          "there is no such option here: option=" + line.get(at),
          Nearest.advice(parts[0], known, "add --help to see the options"));
    }
    values.put(parts[0], "true");
    return 0;
  }

  List<String> words() {
    return List.copyOf(words);
  }

  boolean has(String option) {
    return values.containsKey(option);
  }

  String value(String option, String otherwise) {
    return values.getOrDefault(option, otherwise);
  }

  /** Properties given with {@code -D}. */
  Map<String, String> properties() {
    return Map.copyOf(properties);
  }

  /** The site, from {@code --site} or the environment. */
  String site(Cli cli) {
    String site = value("site", cli.environment().getOrDefault("BELLGATE_SITE", ""));
    if (site.isEmpty()) {
      throw Refusal.usage("which site?", "add --site NAME, or set BELLGATE_SITE");
    }
    return site;
  }
}
