package io.bellgate.coap.node;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/** A request breaks a rule: the node gets the response with a stable code and the reason. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final ResponseCode response;
  private final String code;

  Refusal(ResponseCode response, String code, String reason) {
    super(reason, null, false, false);
    this.response = response;
    this.code = code;
  }

  ResponseCode response() {
    return response;
  }

  String code() {
    return code;
  }
}
