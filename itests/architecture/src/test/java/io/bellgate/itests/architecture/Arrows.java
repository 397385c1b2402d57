package io.bellgate.itests.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The arrow list of {@code docs/architecture.md}: in a block that begins with {@code ```arrows},
 * lines {@code FROM -> TO TO ...}, package names without {@code io.bellgate.}.
 */
final class Arrows {
  private Arrows() {}

  static Map<String, Set<String>> documented() throws IOException {
    return parse(Files.readString(page()));
  }

  static Path page() {
    return Repository.ROOT.resolve("docs/architecture.md");
  }

  static Map<String, Set<String>> parse(String page) {
    Map<String, Set<String>> arrows = new TreeMap<>();
    boolean inside = false;
    for (String line : page.lines().toList()) {
      if (line.startsWith("```")) {
        inside = line.equals("```arrows");
      } else if (inside && line.contains("->")) {
        String[] sides = line.split("->", 2);
        for (String to : sides[1].strip().split("\\s+")) {
          arrows
              .computeIfAbsent(Unit.OURS + sides[0].strip(), f -> new TreeSet<>())
              .add(Unit.OURS + to);
        }
      }
    }
    return arrows;
  }

  /** Replaces the block of the page. */
  static void write(Map<String, Set<String>> arrows) throws IOException {
    String text = Files.readString(page());
    int begin = text.indexOf("```arrows\n");
    int end = text.indexOf("\n```\n", begin) + "\n```\n".length();
    Files.writeString(page(), text.substring(0, begin) + render(arrows) + text.substring(end));
  }

  /** The block for what the code has. */
  static String render(Map<String, Set<String>> arrows) {
    StringBuilder text = new StringBuilder("```arrows\n");
    arrows.forEach(
        (from, targets) -> {
          if (!targets.isEmpty()) {
            text.append(from.substring(Unit.OURS.length())).append(" ->");
            targets.forEach(to -> text.append(' ').append(to.substring(Unit.OURS.length())));
            text.append('\n');
          }
        });
    return text.append("```\n").toString();
  }
}
