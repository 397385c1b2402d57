package io.bellgate.keys.pqc.registry;

import java.security.SecureRandom;

/** Gives the octets of a known answer, then zeros: for self-tests and vectors alone. */
public final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final byte[] given;
  private int at;

  /**
   * Gives these.
   *
   * @param given the octets
   */
  public FixedRandom(byte[] given) {
    super(null, null);
    this.given = given;
  }

  @Override
  public void nextBytes(byte[] octets) {
    for (int i = 0; i < octets.length; i++) {
      octets[i] = at < given.length ? given[at++] : 0;
    }
  }

  @Override
  public byte[] generateSeed(int octets) {
    byte[] seed = new byte[octets];
    nextBytes(seed);
    return seed;
  }

  @Override
  public String getAlgorithm() {
    return "FixedRandom";
  }
}
