package io.bellgate.ops.upgrade;

/** A swap was refused or called off; the version that was there serves on. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String code;

  Refused(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  String code() {
    return code;
  }
}
