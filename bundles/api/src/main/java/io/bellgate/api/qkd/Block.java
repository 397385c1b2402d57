package io.bellgate.api.qkd;

import io.bellgate.api.entropy.RandomBits;
import java.util.Objects;
import java.util.UUID;

/**
 * One block: a fixed number of pulses, and everything an end needs to run it.
 *
 * @param id the same at both ends
 * @param role this end
 * @param plan the same at both ends
 * @param quantum this end's device
 * @param classical the way to the other end
 * @param random where secret bits and bases come from
 */
public record Block(
    UUID id,
    Role role,
    Plan plan,
    QuantumChannel quantum,
    ClassicalChannel classical,
    RandomBits random) {
  /**
   * Checks that nothing is null.
   *
   * @param id as above
   * @param role as above
   * @param plan as above
   * @param quantum as above
   * @param classical as above
   * @param random as above
   * @throws NullPointerException if anything is null
   */
  public Block {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(plan, "plan");
    Objects.requireNonNull(quantum, "quantum");
    Objects.requireNonNull(classical, "classical");
    Objects.requireNonNull(random, "random");
  }
}
