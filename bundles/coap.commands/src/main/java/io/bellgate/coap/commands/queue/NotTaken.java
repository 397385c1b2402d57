package io.bellgate.coap.commands.queue;

/** A delivery is not a command that this site takes. */
final class NotTaken extends Exception {
  private static final long serialVersionUID = 1L;
  private final String code;

  NotTaken(String code, String reason) {
    super(reason, null, false, false);
    this.code = code;
  }

  String code() {
    return code;
  }
}
