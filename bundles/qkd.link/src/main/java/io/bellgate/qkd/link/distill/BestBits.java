package io.bellgate.qkd.link.distill;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.RandomBits;

/**
 * The random bits of one block: the best that can be had at each draw, and whether all of them had
 * full entropy, which the secrecy of the key rests on. Thread safe.
 */
public final class BestBits implements RandomBits {
  private static final int MOST_OCTETS = 65_536;

  private final RandomBits random;
  private volatile boolean drawn;
  private volatile boolean less;

  /** Draws from the gateway's. */
  public BestBits(RandomBits random) {
    this.random = random;
  }

  /** Whether every bit that was drawn so far had full entropy; false before the first. */
  public boolean full() {
    return drawn && !less;
  }

  /**
   * The choices of the quantum protocol are made. If none was drawn here, a device made them, and
   * of what is not known.
   */
  public void chosen() {
    less |= !drawn;
  }

  @Override
  public Secret draw(int octets) {
    return drawBest(octets).secret();
  }

  @Override
  public Drawn drawBest(int octets) {
    Drawn best = random.drawBest(octets);
    if (!best.provenance().fullEntropy()) {
      less = true;
    }
    drawn = true;
    return best;
  }

  @Override
  public void fill(byte[] octets) {
    for (int at = 0; at < octets.length; at += MOST_OCTETS) {
      int to = at;
      int part = Math.min(MOST_OCTETS, octets.length - at);
      try (Secret secret = draw(part)) {
        secret.use(bits -> System.arraycopy(bits, 0, octets, to, part));
      }
    }
  }

  @Override
  public Provenance provenance() {
    return random.provenance();
  }
}
