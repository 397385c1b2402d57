package io.bellgate.coap.commands.queue;

import java.util.Set;

/**
 * What a site takes.
 *
 * @param site this one, whose operators may always command
 * @param from other sites whose operators may
 * @param ingresses how a node may reach the gateway to be told commands
 * @param perNode so many commands wait for one node
 * @param most so many wait for all nodes
 */
public record Rules(String site, Set<String> from, Set<String> ingresses, int perNode, int most) {
  /** Copies the sets. */
  public Rules {
    from = Set.copyOf(from);
    ingresses = Set.copyOf(ingresses);
  }

  boolean mayCommand(String other) {
    return other.equals(site) || from.contains(other);
  }
}
