package io.bellgate.api.entropy;

import java.util.List;

/**
 * Where random bits come from. It claims no more than is known at that moment.
 *
 * @param construction how they were made
 * @param sources names of the sources that the claim rests on, in a stable order
 * @param simulated whether one of them is a simulation
 */
public record Provenance(Construction construction, List<String> sources, boolean simulated) {
  /** How bits are made, in rising order of what may be claimed (NIST SP 800-90C, 2025). */
  public enum Construction {
    /** The operating system's generator; nothing is known of what is behind it. */
    OPERATING_SYSTEM,
    /** A deterministic generator that a physical source with health tests seeds: computational. */
    RBG2_P,
    /** RBG2(P) output XOR full-entropy bits of the physical source: as many bits as entropy. */
    RBG3_XOR
  }

  /**
   * Whether each bit has full entropy: what a claim of information-theoretic security needs.
   *
   * @return false for whatever a deterministic generator stretches, and for simulations
   */
  public boolean fullEntropy() {
    return construction == Construction.RBG3_XOR && !simulated;
  }

  @Override
  public String toString() {
    return construction + "(" + String.join("+", sources) + ")" + (simulated ? " SIMULATED" : "");
  }
}
