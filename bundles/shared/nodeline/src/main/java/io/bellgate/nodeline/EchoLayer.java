package io.bellgate.nodeline;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.stack.AbstractLayer;

/**
 * Answers a challenge, for a node whose transport is protected: a request that is answered 4.01
 * with an Echo option is sent once more, with its value (RFC 9175, section 2.3). So a gateway that
 * has lost power finds out that what it hears is not a repetition.
 */
final class EchoLayer extends AbstractLayer {
  @Override
  public void receiveResponse(Exchange exchange, Response response) {
    Option echo = response.getOptions().getOtherOption(StandardOptionRegistry.ECHO);
    Request asked = exchange.getCurrentRequest();
    if (response.getCode() == ResponseCode.UNAUTHORIZED
        && echo != null
        && asked.getOptions().getOtherOption(StandardOptionRegistry.ECHO) == null) {
      again(exchange, asked, echo);
    } else {
      super.receiveResponse(exchange, response);
    }
  }

  private void again(Exchange exchange, Request asked, Option echo) {
    Request again = new Request(asked.getCode(), asked.getType());
    again.setOptions(asked.getOptions());
    again.getOptions().addOption(echo);
    again.setPayload(asked.getPayload());
    again.setToken(asked.getToken());
    again.setDestinationContext(asked.getDestinationContext());
    again.addMessageObservers(asked.getMessageObservers()); // who waits learns if it does not leave
    exchange.setCurrentRequest(again);
    exchange.resetEndpointContext(); // else an observation does not learn where it is
    super.sendRequest(exchange, again);
  }
}
