package io.bellgate.api.entropy;

import io.bellgate.api.bits.Secret;
import java.util.List;
import java.util.Random;

/** Random bits for tests: the same seed gives the same octets. Thread safe. */
public final class SeededBits implements RandomBits {
  private final Random random;

  /**
   * Starts anew.
   *
   * @param seed which the test prints
   */
  public SeededBits(long seed) {
    this.random = new Random(seed);
  }

  @Override
  public Secret draw(int octets) {
    byte[] drawn = new byte[octets];
    fill(drawn);
    return Secret.absorb(drawn);
  }

  @Override
  public void fill(byte[] octets) {
    random.nextBytes(octets);
  }

  @Override
  public Drawn drawBest(int octets) {
    return new Drawn(draw(octets), provenance());
  }

  @Override
  public Provenance provenance() {
    return new Provenance(Provenance.Construction.OPERATING_SYSTEM, List.of("test:seeded"), true);
  }
}
