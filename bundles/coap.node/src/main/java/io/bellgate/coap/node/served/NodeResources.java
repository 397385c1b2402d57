package io.bellgate.coap.node.served;

import io.bellgate.api.node.NodeResource;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The resources that are there, by their names (whiteboard): of several under one name the one with
 * the lowest service ID serves. A name that was once served stays known, so that nodes are told to
 * come again while a resource is swapped. Guarded by itself; whoever listens is told outside.
 */
public final class NodeResources {
  private static final System.Logger LOG = System.getLogger(NodeResources.class.getName());
  private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Names that the endpoint has for itself. */
  static final Set<String> OWN =
      Set.of("telemetry", "keys", "enrol", "rd", "rd-lookup", ".well-known");

  private final Map<String, TreeMap<Long, NodeResource>> byName = new HashMap<>();
  private final Set<String> known = new TreeSet<>();
  private Consumer<String> listener = name -> {};

  /** Begins with none. */
  public NodeResources() {}

  /** Whether a resource may have this name. */
  static boolean isName(String name) {
    return NAMES.matcher(name).matches() && !OWN.contains(name);
  }

  /**
   * Takes a resource, or logs why not.
   *
   * @param properties of the service: its ID, and {@link NodeResource#NAME}
   */
  public void add(NodeResource resource, Map<String, Object> properties) {
    if (!(properties.get(NodeResource.NAME) instanceof String name) || !isName(name)) {
      LOG.log(
          Level.WARNING,
          "BG-COAP-054 a served resource has a name of 1 to 64 of A-Z a-z 0-9 . _ - that is none of"
              + " {0}: it is ignored: name={1}",
          new TreeSet<>(OWN),
          properties.get(NodeResource.NAME));
      return;
    }
    long id = properties.get("service.id") instanceof Long given ? given : Long.MAX_VALUE;
    changed(
        name,
        () -> {
          known.add(name);
          byName.computeIfAbsent(name, n -> new TreeMap<>()).put(id, resource);
        });
  }

  /** Forgets a resource; its name stays known. */
  public void remove(NodeResource resource) {
    for (String name : names()) {
      changed(
          name,
          () -> {
            TreeMap<Long, NodeResource> all = byName.get(name);
            if (all != null) {
              all.values().removeIf(r -> r == resource);
            }
          });
    }
  }

  private void changed(String name, Runnable change) {
    Consumer<String> tell;
    synchronized (this) {
      Optional<NodeResource> before = of(name);
      change.run();
      Optional<NodeResource> after = of(name);
      tell = after.isPresent() && !after.equals(before) ? listener : n -> {};
    }
    tell.accept(name);
  }

  /** Who serves a name now. */
  public synchronized Optional<NodeResource> of(String name) {
    TreeMap<Long, NodeResource> all = byName.get(name);
    return all == null || all.isEmpty()
        ? Optional.empty()
        : Optional.of(all.firstEntry().getValue());
  }

  /** Names that are or were served. */
  public synchronized Set<String> names() {
    return Set.copyOf(known);
  }

  /** Makes a name known that nobody serves yet. */
  synchronized void expect(String name) {
    known.add(name);
  }

  /**
   * Who is told when somebody else serves a name from now on; one at a time.
   *
   * @param told with the name
   */
  synchronized void listen(Consumer<String> told) {
    listener = told;
  }
}
