package io.bellgate.keys.pqc;

import io.bellgate.api.entropy.RandomBits;
import java.security.SecureRandom;

/** Hands {@link RandomBits} to a library that asks for a {@link SecureRandom}. */
final class BitsRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  private final transient RandomBits bits;

  BitsRandom(RandomBits bits) {
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
