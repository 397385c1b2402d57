package io.bellgate.keys.pqc.registry;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What connections and exchanges agreed on: the last of each peer and protocol. Thread safe. */
final class Negotiations {
  private static final int MOST = 1000;

  private final Clock clock;
  private final Map<String, Negotiated> all = new LinkedHashMap<>();

  Negotiations(Clock clock) {
    this.clock = clock;
  }

  synchronized void add(String peer, String protocol, List<String> algorithms) {
    String key = peer + " " + protocol;
    all.remove(key);
    all.put(key, new Negotiated(peer, protocol, List.copyOf(algorithms), clock.instant()));
    if (all.size() > MOST) {
      all.remove(all.keySet().iterator().next());
    }
  }

  synchronized List<Negotiated> all() {
    return List.copyOf(all.values());
  }
}
