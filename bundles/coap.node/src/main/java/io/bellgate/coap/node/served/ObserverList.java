package io.bellgate.coap.node.served;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The list of observers (RFC 7641, section 4.1), by node and bounded, and what became of those who
 * left it. Guarded by {@link Observing}.
 */
final class ObserverList {
  /** Observations at most; half of them without protection. */
  static final int MOST = 10_000;

  /** Observations of a node at most. */
  static final int MOST_OF_NODE = 8;

  private final Map<String, List<Observation>> byNode = new HashMap<>();

  /** Nodes by identities under which they observe. */
  private final Map<String, String> nodes = new HashMap<>();

  private final Map<String, Long> ended = new TreeMap<>();
  private int count;
  private int countPlain;
  private long refused;

  /** Adds one that begins; false if there are too many, or if it could not be handed over. */
  boolean add(Observation observation) {
    if (!Saved.holds(observation.target, observation.observer)) {
      refused++;
      return false;
    }
    return takeOver(observation);
  }

  /** Adds one that was read; false if there are too many. */
  boolean takeOver(Observation observation) {
    boolean isPlain = isPlain(observation);
    String node = observation.target.node();
    if (count >= MOST || isPlain && countPlain >= MOST / 2 || of(node).size() >= MOST_OF_NODE) {
      refused++;
      return false;
    }
    byNode.computeIfAbsent(node, n -> new ArrayList<>(1)).add(observation);
    observation.observer.identity().ifPresent(i -> nodes.put(i, node));
    count++;
    countPlain += isPlain ? 1 : 0;
    return true;
  }

  private static boolean isPlain(Observation observation) {
    return observation.observer.way() == Observer.Way.PLAIN;
  }

  /** One that is there observes under another key. */
  void change(Observation observation, Observer observer) {
    Observer before = observation.observer;
    observation.observer = observer;
    forget(before);
    observer.identity().ifPresent(i -> nodes.put(i, observation.target.node()));
  }

  /** An identity under which nobody of its node observes any more. */
  private void forget(Observer observer) {
    observer.identity().filter(i -> under(i).isEmpty()).ifPresent(nodes::remove);
  }

  /** Removes one that is there. */
  void remove(Observation observation, String why) {
    observation.hasEnded = true;
    observation.turn.ifPresent(t -> t.cancel(false));
    count(why);
    String node = observation.target.node();
    List<Observation> own = byNode.get(node);
    own.remove(observation);
    if (own.isEmpty()) {
      byNode.remove(node);
    }
    forget(observation.observer);
    count--;
    countPlain -= isPlain(observation) ? 1 : 0;
  }

  /** Counts one that is not there any more. */
  void count(String why) {
    ended.merge(why, 1L, Long::sum);
  }

  /** Those of a node; a copy. */
  List<Observation> of(String node) {
    return List.copyOf(byNode.getOrDefault(node, List.of()));
  }

  /** Those under an identity; a copy. */
  List<Observation> under(String identity) {
    return of(nodes.getOrDefault(identity, "")).stream()
        .filter(o -> o.observer.identity().equals(Optional.of(identity)))
        .toList();
  }

  /** The others of its node have their turns before it. */
  void last(Observation observation) {
    List<Observation> own = byNode.get(observation.target.node());
    own.remove(observation);
    own.add(observation);
  }

  Stream<Observation> all() {
    return byNode.values().stream().flatMap(List::stream);
  }

  /** How many there are, and what became of the others. */
  Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("now", count);
    status.put("refused", refused);
    status.put("ended", new TreeMap<>(ended));
    return status;
  }
}
