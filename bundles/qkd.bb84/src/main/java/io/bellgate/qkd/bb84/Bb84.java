package io.bellgate.qkd.bb84;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.qkd.Block;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.Role;
import io.bellgate.api.qkd.Sifting;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * BB84 with biased bases and single photons (Bennett and Brassard, 1984; Lo, Chau and Ardehali,
 * 2005, for the bias): key from basis Z, test in basis X, a fixed number of pulses.
 *
 * <p>Order of a block: both ends compare plans; pulses; Bob announces positions and bases with a
 * tag; Alice verifies it, and only then says where bases agree, which of the bits are the key, and
 * her test bits; Bob says his; Alice agrees or aborts. No message depends on a bit of the key.
 *
 * <p>Security: {@link Bound}. Assumptions: single photons in four perfect states; detection does
 * not depend on the basis; bases and bits are random and stay in the device until they are said;
 * what is said is authenticated. A source that sends anything but single photons gets no bound and
 * is refused before the first pulse.
 *
 * <p>Stateless.
 */
@Component(property = QkdProtocol.NAME + "=bb84")
public final class Bb84 implements QkdProtocol {
  /** Made by Declarative Services. */
  public Bb84() {}

  @Override
  public Sifting run(Block block) throws ChannelBroken, InterruptedException {
    try {
      Optional<Sifting.Aborted> refused = Opening.exchange(block);
      return refused.isPresent() ? refused.get() : sift(block);
    } catch (Malformed e) {
      throw e.broken();
    }
  }

  private static Sifting sift(Block block) throws ChannelBroken, InterruptedException, Malformed {
    try (Choices choices = new Choices(block.random(), block.plan().keyBasisProbability())) {
      return block.role() == Role.ALICE
          ? new Alice(block, choices).run()
          : new Bob(block, choices).run();
    }
  }

  /** The result of either end: the receiver owns the key. */
  static Sifting sifted(Tally tally, SecretBits key) {
    return new Sifting.Sifted(
        key,
        tally.counts(),
        tally.qber(),
        Bound.minEntropyBits(tally.plan()),
        Edition.describe(tally.plan(), tally.counts()));
  }
}
