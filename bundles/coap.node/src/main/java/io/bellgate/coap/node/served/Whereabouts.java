package io.bellgate.coap.node.served;

import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.elements.EndpointContext;

/**
 * Sees where nodes under DTLS are, whatever they send: a connection with an ID goes on from another
 * address (RFC 9146), and so do observations.
 */
final class Whereabouts extends MessageInterceptorAdapter {
  private final Observing observing;

  Whereabouts(Observing observing) {
    this.observing = observing;
  }

  @Override
  public void receiveRequest(Request request) {
    saw(request);
  }

  @Override
  public void receiveEmptyMessage(EmptyMessage message) {
    saw(message);
  }

  private void saw(Message message) {
    EndpointContext source = message.getSourceContext();
    if (source.getPeerIdentity() != null) {
      observing.moved(source.getPeerIdentity().getName(), source.getPeerAddress());
    }
  }
}
