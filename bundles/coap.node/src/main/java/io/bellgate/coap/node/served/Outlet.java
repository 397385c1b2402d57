package io.bellgate.coap.node.served;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.MessageExchangeStore;

/**
 * An endpoint through which more is sent than answers to what it received.
 *
 * @param endpoint that sends
 * @param store where it knows acknowledgements from
 */
public record Outlet(CoapEndpoint endpoint, MessageExchangeStore store) {}
