package io.bellgate.itests.architecture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks for a way that comes back to where it began. */
final class Cycle {
  private final Map<String, Collection<String>> arrows;
  private final Set<String> done = new HashSet<>();
  private final List<String> way = new ArrayList<>();

  private Cycle(Map<String, Collection<String>> arrows) {
    this.arrows = arrows;
  }

  /** One cycle as {@code a -> b -> a}, or nothing. */
  static List<String> in(Map<String, Collection<String>> arrows) {
    Cycle search = new Cycle(arrows);
    for (String start : arrows.keySet()) {
      List<String> found = search.from(start);
      if (!found.isEmpty()) {
        return List.of(String.join(" -> ", found));
      }
    }
    return List.of();
  }

  private List<String> from(String name) {
    int seen = way.indexOf(name);
    if (seen >= 0) {
      List<String> found = new ArrayList<>(way.subList(seen, way.size()));
      found.add(name);
      return found;
    }
    if (!done.add(name)) {
      return List.of();
    }
    way.add(name);
    for (String next : arrows.getOrDefault(name, List.of())) {
      List<String> found = from(next);
      if (!found.isEmpty()) {
        return found;
      }
    }
    way.remove(way.size() - 1);
    return List.of();
  }
}
