package io.bellgate.coap.node.admission;

import io.bellgate.coap.node.keys.NodeKeys;
import java.security.Principal;
import java.util.Optional;
import org.eclipse.californium.core.server.resources.CoapExchange;

/**
 * Who speaks under a key that is accepted now.
 *
 * @param identity of the key
 * @param node which has it
 */
public record Speaker(String identity, String node) {
  /** Who sent a request, if a key that is accepted protects it. */
  public static Optional<Speaker> of(CoapExchange exchange, NodeKeys keys) {
    return principal(exchange)
        .map(Principal::getName)
        .flatMap(identity -> keys.node(identity).map(node -> new Speaker(identity, node)));
  }

  /** Whose key protects a request; empty without protection. */
  static Optional<Principal> principal(CoapExchange exchange) {
    return Optional.ofNullable(
        exchange.advanced().getRequest().getSourceContext().getPeerIdentity());
  }
}
