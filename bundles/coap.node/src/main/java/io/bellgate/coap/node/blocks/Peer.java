package io.bellgate.coap.node.blocks;

import java.security.Principal;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.elements.EndpointContext;

/**
 * The other end of an exchange: who has a key is known by it from wherever it sends, who has none
 * by address and port.
 *
 * @param name tells it from all others on the same socket
 * @param proven whether a key says so, or only an address, which anybody can write
 */
record Peer(String name, boolean proven) {
  static boolean isProven(Message received) {
    return received.getSourceContext().getPeerIdentity() != null;
  }

  static Peer of(Message received) {
    EndpointContext source = received.getSourceContext();
    Principal principal = source.getPeerIdentity();
    return principal == null
        ? new Peer(String.valueOf(source.getPeerAddress()), false)
        : new Peer(principal.getClass().getSimpleName() + ":" + principal.getName(), true);
  }
}
