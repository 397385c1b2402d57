package io.bellgate.ops.node.state;

import java.util.Optional;

/**
 * What a node knows of itself between two runs.
 *
 * @param node its ID
 * @param key under which it speaks; empty for a node that has none
 * @param next a key that the gateway may have taken: the answer to the node's word did not come
 * @param count the lowest count {@code seq} that was never used
 * @param againSeconds when it should ask for its next key, since 1970; 0 if nothing was said
 */
public record NodeState(
    String node, Optional<NodeKey> key, Optional<NodeKey> next, long count, long againSeconds) {
  private static final String NODE_ID = "[A-Za-z0-9._-]{1,48}";

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if there can be no such node
   */
  public NodeState {
    if (!isNode(node) || count < 0 || againSeconds < 0) {
      throw new IllegalArgumentException(
          "a node ID has 1 to 48 letters, digits, dots, hyphens, underlines: node=" + node);
    }
  }

  /** Of a node that never spoke. */
  public static NodeState fresh(String node) {
    return new NodeState(node, Optional.empty(), Optional.empty(), 0, 0);
  }

  /** Whether a text can be the ID of a node. */
  public static boolean isNode(String text) {
    return text.matches(NODE_ID);
  }

  /** Speaks under this key from now on, and knows no other. */
  public NodeState under(NodeKey now, long again) {
    return new NodeState(node, Optional.of(now), Optional.empty(), count, again);
  }

  /** Has a key beside its own that the gateway may take. */
  public NodeState maybe(NodeKey other) {
    return new NodeState(node, key, Optional.of(other), count, againSeconds);
  }

  /** The gateway has taken the other key. */
  public NodeState taken() {
    return under(next.orElseThrow(), 0);
  }

  /** The gateway has not taken the other key. */
  public NodeState notTaken() {
    return new NodeState(node, key, Optional.empty(), count, againSeconds);
  }

  NodeState withCount(long lowest) {
    return new NodeState(node, key, next, lowest, againSeconds);
  }

  /** Another lowest OSCORE number of the key of an identity. */
  NodeState withSequence(String identity, long lowest) {
    return new NodeState(
        node, number(key, identity, lowest), number(next, identity, lowest), count, againSeconds);
  }

  private static Optional<NodeKey> number(Optional<NodeKey> key, String identity, long lowest) {
    return key.map(k -> k.identity().equals(identity) ? k.withSequence(lowest) : k);
  }
}
