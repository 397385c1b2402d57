package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.RandomBits;
import java.security.SecureRandom;
import java.util.List;

/** The system's random bits. */
public final class Bits implements RandomBits {
  private final SecureRandom random = new SecureRandom();

  @Override
  public Secret draw(int octets) {
    byte[] drawn = new byte[octets];
    random.nextBytes(drawn);
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
    return new Provenance(Provenance.Construction.OPERATING_SYSTEM, List.of("test"), true);
  }
}
