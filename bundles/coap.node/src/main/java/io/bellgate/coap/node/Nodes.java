package io.bellgate.coap.node;

import io.bellgate.coap.node.directory.Registrations;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known of nodes that spoke lately: bounded, the one silent longest goes first. Guarded by
 * itself.
 */
final class Nodes {
  /** The most nodes remembered: 10,000. */
  static final int MOST = 10_000;

  /**
   * One node.
   *
   * @param accepted messages accepted from it
   * @param lastSequence highest sequence accepted
   * @param lastSeenMillis when, since the epoch; 0 if not known
   */
  record Node(long accepted, long lastSequence, long lastSeenMillis) {}

  private final Map<String, Node> nodes =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Node> eldest) {
          return size() > MOST;
        }
      };

  synchronized void accepted(String node, long sequence, long nowMillis) {
    Node before = nodes.getOrDefault(node, new Node(0, -1, 0));
    nodes.put(
        node,
        new Node(before.accepted() + 1, Math.max(before.lastSequence(), sequence), nowMillis));
  }

  /** DTLS connections that wait for the endpoint; secret. */
  private byte[] connections = {};

  synchronized byte[] connections() {
    return connections;
  }

  synchronized void connections(byte[] octets) {
    java.util.Arrays.fill(connections, (byte) 0);
    connections = octets;
  }

  /** What nodes registered in the directory. */
  private Registrations registrations = new Registrations();

  synchronized Registrations registrations() {
    return registrations;
  }

  synchronized void registrations(Registrations loaded) {
    registrations = loaded;
  }

  synchronized void put(String name, Node node) {
    nodes.put(name, node);
  }

  synchronized Map<String, Node> all() {
    return new LinkedHashMap<>(nodes);
  }
}
