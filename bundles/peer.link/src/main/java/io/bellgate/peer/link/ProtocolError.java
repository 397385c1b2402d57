package io.bellgate.peer.link;

import java.io.IOException;

/** A peer breaks the protocol: its session ends, the gateway goes on. */
final class ProtocolError extends IOException {
  private static final long serialVersionUID = 1L;

  ProtocolError(String code, String message) {
    super(code + " " + message);
  }
}
