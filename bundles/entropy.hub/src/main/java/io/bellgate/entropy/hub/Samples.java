package io.bellgate.entropy.hub;

import io.bellgate.api.entropy.NoiseSource.Description;

/**
 * How a source packs its samples: bits eight to an octet, wider ones each in its own. Stateless.
 */
final class Samples {
  private Samples() {}

  /** Whether an octet holds eight. */
  static boolean bits(Description source) {
    return source.sampleBits() == 1;
  }

  /** Octets that hold so many samples, at least one. */
  static int octets(Description source, int count) {
    return bits(source) ? (count - 1) / 8 + 1 : count;
  }

  /** Samples in so many octets. */
  static long in(Description source, int octets) {
    return bits(source) ? 8L * octets : octets;
  }
}
