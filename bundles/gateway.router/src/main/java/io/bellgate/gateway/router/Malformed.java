package io.bellgate.gateway.router;

/** What came from outside breaks a rule of its format. A result, not a bug: no stack trace. */
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String code;

  Malformed(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  String code() {
    return code;
  }
}
