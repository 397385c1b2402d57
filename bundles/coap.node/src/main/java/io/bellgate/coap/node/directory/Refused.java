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
    return new Refused(ResponseCode.BAD_REQUEST, "BG-COAP-041", rule);
  }

  static Refused foreign(String rule) {
    return new Refused(ResponseCode.FORBIDDEN, "BG-COAP-042", rule);
  }

  static Refused large(String rule) {
    return new Refused(ResponseCode.REQUEST_ENTITY_TOO_LARGE, "BG-COAP-043", rule);
  }

  static Refused full(String rule) {
    return new Refused(ResponseCode.SERVICE_UNAVAILABLE, "BG-COAP-044", rule);
  }

  static Refused absent(String rule) {
    return new Refused(ResponseCode.NOT_FOUND, "BG-COAP-045", rule);
  }

  static Refused format(ResponseCode response) {
    return new Refused(
        response, "BG-COAP-046", "the directory takes and gives application/link-format (40)");
  }

  ResponseCode response() {
    return response;
  }

  String code() {
    return code;
  }
}
