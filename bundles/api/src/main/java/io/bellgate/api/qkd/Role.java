package io.bellgate.api.qkd;

/** Which end of a quantum link. */
public enum Role {
  /** Prepares pulses. Her key is the one that both ends will have. */
  ALICE,
  /** Measures pulses, and corrects his key to Alice's. */
  BOB
}
