package io.bellgate.entropy.hub;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.RandomBits;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.SecureRandomParameters;
import java.security.SecureRandomSpi;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The hub for libraries that want a {@link java.security.SecureRandom}: a provider object, offered
 * as a service and not registered in the JVM, where it would outlive this bundle. Algorithm {@code
 * Bellgate-RBG2} gives what {@link RandomBits#draw} gives; {@code Bellgate-RBG3} full entropy or
 * nothing.
 */
@Component(service = Provider.class, property = "provider.name=" + JcaProvider.NAME)
public final class JcaProvider extends Provider {
  /** The provider's name. */
  static final String NAME = "Bellgate";

  /** Random bits of the usual kind. */
  static final String USUAL = "Bellgate-RBG2";

  /** Full entropy or nothing. */
  static final String FULL = "Bellgate-RBG3";

  private static final long serialVersionUID = 1L;

  /**
   * Offers the hub.
   *
   * @param hub gives the bits
   */
  @Activate
  public JcaProvider(@Reference Hub hub) {
    super(NAME, "0.1", "random bits of this gateway's entropy hub");
    putService(new Algorithm(this, USUAL, hub));
    putService(new Algorithm(this, FULL, hub));
  }

  /** Makes instances itself: nobody has to find a class of this bundle by its name. */
  private static final class Algorithm extends Service {
    private final RandomBits bits;

    Algorithm(Provider provider, String name, RandomBits bits) {
      super(
          provider,
          "SecureRandom",
          name,
          Bits.class.getName(),
          List.of(),
          Map.of("ThreadSafe", "true"));
      this.bits = bits;
    }

    @Override
    public Object newInstance(Object parameters) throws NoSuchAlgorithmException {
      if (parameters instanceof SecureRandomParameters) {
        throw new NoSuchAlgorithmException(getAlgorithm() + " takes no parameters");
      }
      return new Bits(bits, getAlgorithm().equals(FULL));
    }
  }

  /** Draws in pieces; what a caller offers as a seed is not needed, and changes nothing. */
  private static final class Bits extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;
    private static final int PIECE_OCTETS = 65_536;

    private final transient RandomBits bits;
    private final boolean full;

    Bits(RandomBits bits, boolean full) {
      this.bits = bits;
      this.full = full;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {
      // the hub seeds itself
    }

    @Override
    protected void engineNextBytes(byte[] octets) {
      for (int at = 0; at < octets.length; at += PIECE_OCTETS) {
        int to = at;
        int part = Math.min(PIECE_OCTETS, octets.length - at);
        try (Secret drawn = draw(part)) {
          drawn.use(o -> System.arraycopy(o, 0, octets, to, part));
        }
      }
    }

    private Secret draw(int octets) {
      if (!full) {
        return bits.draw(octets);
      }
      RandomBits.Drawn drawn = bits.drawBest(octets);
      if (!drawn.provenance().fullEntropy()) {
        drawn.secret().destroy();
        throw new EntropyFailure(
            "BG-ENTROPY-008 full entropy is not there now: octets="
                + octets
                + " instead="
                + drawn.provenance());
      }
      return drawn.secret();
    }

    @Override
    protected byte[] engineGenerateSeed(int octets) {
      byte[] seed = new byte[octets];
      engineNextBytes(seed);
      return seed;
    }
  }
}
