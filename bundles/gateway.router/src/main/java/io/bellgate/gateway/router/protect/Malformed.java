package io.bellgate.gateway.router.protect;

/** What comes from outside breaks a rule of its format. A result, not a bug: no stack trace. */
public final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String code;

  public Malformed(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
