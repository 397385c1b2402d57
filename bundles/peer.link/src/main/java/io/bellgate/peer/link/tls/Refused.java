package io.bellgate.peer.link.tls;

import java.io.IOException;

/** A handshake was refused, and why. */
public final class Refused extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * States why.
   *
   * @param message with the code, the values, and what to do
   */
  public Refused(String message) {
    super(message);
  }

  Refused(String message, Throwable cause) {
    super(message, cause);
  }
}
