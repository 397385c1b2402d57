package io.bellgate.coap.node.reading;

/** A payload breaks a rule of its format: the message says which, and nothing of the payload. */
public final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Malformed(String rule) {
    super(rule, null, false, false);
  }
}
