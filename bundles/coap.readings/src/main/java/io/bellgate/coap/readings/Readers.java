package io.bellgate.coap.readings;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who may read what: nobody anything, but for the lines of the configuration. */
final class Readers {
  private static final String ANY = "*";
  private static final String NAME = "(\\*|[A-Za-z0-9._-]{1,64})";
  private static final Pattern LINE =
      Pattern.compile(NAME + "=(\\*|[a-z0-9-]{1,40})/" + NAME + "/" + NAME);

  private final Map<String, List<Source>> byNode = new HashMap<>();

  /**
   * Reads the lines.
   *
   * @param lines {@code NODE=SITE/NODE/RESOURCE} each; a whole part may be {@code *}
   * @throws IllegalArgumentException with code BG-READ-006 if one is not of this form
   */
  Readers(String... lines) {
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        throw new IllegalArgumentException(
            "BG-READ-006 readers holds NODE=SITE/NODE/RESOURCE, each part a name or *: value="
                + line);
      }
      byNode
          .computeIfAbsent(parts.group(1), n -> new ArrayList<>())
          .add(new Source(parts.group(2), parts.group(3), parts.group(4)));
    }
  }

  boolean mayRead(String node, Source source) {
    return isIn(byNode.getOrDefault(node, List.of()), source)
        || isIn(byNode.getOrDefault(ANY, List.of()), source);
  }

  private static boolean isIn(List<Source> allowed, Source source) {
    return allowed.stream()
        .anyMatch(
            a ->
                fits(a.site(), source.site())
                    && fits(a.node(), source.node())
                    && fits(a.resource(), source.resource()));
  }

  private static boolean fits(String part, String name) {
    return part.equals(ANY) || part.equals(name);
  }
}
