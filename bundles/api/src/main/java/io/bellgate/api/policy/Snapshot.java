package io.bellgate.api.policy;

import java.util.Map;
import java.util.Set;

/**
 * What the policy may know of the gateway's state.
 *
 * @param connected peers with a live session
 * @param available protections that can be had now, per peer
 */
public record Snapshot(Set<String> connected, Map<String, Set<Protection>> available) {
  /**
   * Copies both.
   *
   * @param connected as above
   * @param available as above
   * @throws NullPointerException if anything is null
   */
  public Snapshot {
    connected = Set.copyOf(connected);
    available = Map.copyOf(available);
  }
}
