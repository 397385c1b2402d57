package io.bellgate.coap.node.admission;

import io.bellgate.coap.node.blocks.Explained;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;

/** A request breaks a rule: the node gets the response with a stable code and the reason. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final ResponseCode response;
  private final String code;

  /**
   * Makes it.
   *
   * @param response of CoAP
   * @param code stable, {@code BG-COAP-NNN}
   * @param reason for the node
   */
  public Refusal(ResponseCode response, String code, String reason) {
    super(reason, null, false, false);
    this.response = response;
    this.code = code;
  }

  /** What is sent. */
  public Response answer() {
    return new Explained(response, code, getMessage());
  }
}
