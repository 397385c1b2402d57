package io.bellgate.nodekeys;

import io.bellgate.api.entropy.RandomBits;
import java.security.SecureRandom;

/** Hands {@link RandomBits} to a provider that asks for a {@link SecureRandom}. */
public final class BitsRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final transient RandomBits bits;

  /**
   * Hands them on.
   *
   * @param bits where they come from
   */
  public BitsRandom(RandomBits bits) {
    super(null, null);
    this.bits = bits;
  }

  @Override
  public void nextBytes(byte[] octets) {
    bits.fill(octets);
  }

  @Override
  public byte[] generateSeed(int octets) {
    byte[] seed = new byte[octets];
    bits.fill(seed);
    return seed;
  }

  @Override
  public String getAlgorithm() {
    return "RandomBits";
  }
}
