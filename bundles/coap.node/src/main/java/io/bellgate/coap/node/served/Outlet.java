package io.bellgate.coap.node.served;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.InMemoryMessageExchangeStore;
import org.eclipse.californium.core.network.MessageExchangeStore;
import org.eclipse.californium.elements.config.Configuration;

/**
 * An endpoint through which more is sent than answers to what it received.
 *
 * @param endpoint that sends
 * @param store where it knows acknowledgements from
 */
public record Outlet(CoapEndpoint endpoint, MessageExchangeStore store) {
  /** Builds an endpoint. */
  public static Outlet of(CoapEndpoint.Builder builder, Configuration configuration) {
    MessageExchangeStore store = new InMemoryMessageExchangeStore(configuration);
    return new Outlet(
        builder.setConfiguration(configuration).setMessageExchangeStore(store).build(), store);
  }
}
