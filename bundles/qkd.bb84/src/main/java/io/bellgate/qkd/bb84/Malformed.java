package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.ChannelBroken;

/** A message breaks the protocol; never leaves this package. */
final class Malformed extends Exception {
  private static final long serialVersionUID = 1L;

  /** States the rule that is broken. */
  Malformed(String rule) {
    super(rule);
  }

  ChannelBroken broken() {
    return new ChannelBroken(
        ChannelBroken.Reason.MALFORMED,
        "BG-BB84-001 " + getMessage() + "; do both sites run the same version?");
  }
}
