package io.bellgate.coap.node.directory;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/** A request to the directory breaks a rule, which the message says. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final ResponseCode response;
  private final String code;

  private Refused(ResponseCode response, String code, String rule) {
    super(rule, null, false, false);
    this.response = response;
    this.code = code;
  }

  static Refused malformed(String rule) {
    return new Refused(ResponseCode.BAD_REQUEST, "BG-COAP-021", rule);
  }

  static Refused foreign(String rule) {
    return new Refused(ResponseCode.FORBIDDEN, "BG-COAP-022", rule);
  }

  static Refused large(String rule) {
    return new Refused(ResponseCode.REQUEST_ENTITY_TOO_LARGE, "BG-COAP-023", rule);
  }

  static Refused full(String rule) {
    return new Refused(ResponseCode.SERVICE_UNAVAILABLE, "BG-COAP-024", rule);
  }

  static Refused absent(String rule) {
    return new Refused(ResponseCode.NOT_FOUND, "BG-COAP-025", rule);
  }

  static Refused format(ResponseCode response) {
    return new Refused(
        response, "BG-COAP-026", "the directory takes and gives application/link-format (40)");
  }

  ResponseCode response() {
    return response;
  }

  String code() {
    return code;
  }
}
