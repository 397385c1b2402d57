package io.bellgate.qkd.optics;

import java.io.IOException;

/** What came is not what is spoken here. */
final class Malformed extends IOException {
  private static final long serialVersionUID = 1L;

  /** States the rule that is broken. */
  Malformed(String rule) {
    super("BG-OPTICS-001 " + rule);
  }
}
