package io.bellgate.coap.readings;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who asked for what since the start, so that those who may observe it are told. Who asked longest
 * ago is forgotten first, and of a node what it asked for longest ago: it hears of that no more
 * until it asks again, when Max-Age has passed. Thread safe: guarded by itself.
 */
final class Askers {
  /** Pairs of a node and a source at most. */
  static final int MOST = 20_000;

  /** Sources of a node at most; it observes half of them (8) at most. */
  static final int MOST_OF_NODE = 16;

  private final Map<String, LinkedHashSet<Source>> byNode = new LinkedHashMap<>();
  private final Map<Source, Set<String>> bySource = new HashMap<>();
  private int pairs;

  synchronized void asked(String node, Source source) {
    LinkedHashSet<Source> own = byNode.remove(node);
    if (own == null) {
      own = new LinkedHashSet<>();
    }
    byNode.put(node, own); // the last
    if (own.remove(source)) {
      own.add(source);
      return;
    }
    own.add(source);
    bySource.computeIfAbsent(source, s -> new LinkedHashSet<>()).add(node);
    pairs++;
    if (own.size() > MOST_OF_NODE) {
      Source longest = own.iterator().next();
      own.remove(longest);
      unlink(node, longest);
    }
    Iterator<Map.Entry<String, LinkedHashSet<Source>>> all = byNode.entrySet().iterator();
    while (pairs > MOST) {
      Map.Entry<String, LinkedHashSet<Source>> longest = all.next();
      all.remove();
      longest.getValue().forEach(s -> unlink(longest.getKey(), s));
    }
  }

  private void unlink(String node, Source source) {
    bySource.computeIfPresent(
        source,
        (s, nodes) -> {
          nodes.remove(node);
          return nodes.isEmpty() ? null : nodes;
        });
    pairs--;
  }

  /** Who asked for a source. */
  synchronized List<String> of(Source source) {
    return List.copyOf(bySource.getOrDefault(source, Set.of()));
  }

  /** Who asked for anything. */
  synchronized List<String> all() {
    return List.copyOf(byNode.keySet());
  }

  synchronized int pairs() {
    return pairs;
  }
}
