package io.bellgate.coap.node.directory;

import io.bellgate.coap.node.blocks.Explained;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.server.resources.CoapExchange;

/** Answers of the directory to what it refuses: a stable code and the rule. */
final class Answers {
  private static final int LATER_SECONDS = 60;

  private Answers() {}

  /** Does what answers the request; if that is refused, answers so. */
  static void to(CoapExchange exchange, Runnable action) {
    try {
      action.run();
    } catch (Refused e) {
      Response response = new Explained(e.response(), e.code(), e.getMessage());
      if (e.response() == ResponseCode.SERVICE_UNAVAILABLE) {
        response.getOptions().setMaxAge(LATER_SECONDS);
      }
      exchange.respond(response);
    }
  }
}
