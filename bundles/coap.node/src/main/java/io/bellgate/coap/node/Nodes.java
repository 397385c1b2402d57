package io.bellgate.coap.node;

import io.bellgate.coap.node.directory.Registrations;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of nodes that spoke lately: bounded, the one silent longest goes first. Guarded by
 * itself.
 */
final class Nodes {
  /** The most nodes remembered: 10,000. */
  static final int MOST = 10_000;

  private byte[] contexts = {};

  /**
   * One node.
   *
   * @param accepted messages accepted from it
   * @param lastSequence highest sequence accepted
   * @param lastSeenMillis when, since the epoch; 0 if not known
   */
  record Node(long accepted, long lastSequence, long lastSeenMillis) {}

  private final Map<String, Node> nodes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Node> eldest) {
          return size() > MOST;
        }
      };

  synchronized void accepted(String node, long sequence, long nowMillis) {
    Node known = nodes.remove(node); // who spoke last is last
    Node before = known == null ? new Node(0, -1, 0) : known;
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

  /** Exchanges that wait for the endpoint, on the socket without DTLS; secret. */
  private byte[] exchanges = {};

  /** The same of the one with DTLS. */
  private byte[] secureExchanges = {};

  synchronized byte[] exchanges() {
    return exchanges;
  }

  synchronized byte[] secureExchanges() {
    return secureExchanges;
  }

  synchronized void exchanges(byte[] plain, byte[] secure) {
    java.util.Arrays.fill(exchanges, (byte) 0);
    java.util.Arrays.fill(secureExchanges, (byte) 0);
    exchanges = plain;
    secureExchanges = secure;
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

  /** The state of OSCORE contexts, for whoever goes on with it; not secret. */
  synchronized byte[] contexts() {
    return contexts.clone();
  }

  synchronized void contexts(byte[] state) {
    contexts = state.clone();
  }

  private byte[] observations = {};

  /** Who observes what is served, for whoever goes on with it; not secret. */
  synchronized byte[] observations() {
    return observations.clone();
  }

  synchronized void observations(byte[] state) {
    observations = state.clone();
  }

  synchronized Optional<Node> of(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  synchronized Map<String, Node> all() {
    return new LinkedHashMap<>(nodes);
  }
}
