package io.bellgate.api.keys;

import java.util.Map;
import java.util.TreeMap;

/**
 * Where a key comes from. Everything derived from a key inherits {@link #simulated}.
 *
 * @param kind what its secrecy rests on
 * @param simulated true if any part of it was made by simulated hardware
 * @param relayed true if a trusted node between the two ends has seen it
 * @param attributes further facts, for example {@code protocol}, {@code algorithm}; never secret
 */
public record KeyOrigin(
    Kind kind, boolean simulated, boolean relayed, Map<String, String> attributes) {

  /** What the secrecy of a key rests on. */
  public enum Kind {
    /** Physics of a quantum link. */
    QKD,
    /** Post-quantum key establishment, alone or hybrid with a classical one. */
    PQC,
    /** Classical key establishment alone: a quantum computer breaks it. */
    CLASSICAL,
    /**
     * For authentication alone, and known to be: carried from site to site, or set aside by a
     * quantum link. It protects nothing, so that nobody has seen what it did.
     */
    PRESHARED
  }

  /**
   * Attribute of a key of a quantum link: what the random choices of both ends were, if that is
   * {@link #FULL_ENTROPY}. Without it the key rests on generators that stretch a seed, at one end
   * at least: its secrecy is computational.
   */
  public static final String BITS = "bits";

  /**
   * Each random bit of both ends that went into the key had full entropy, as far as its sources'
   * claims hold. Of the tag keys that authenticated the link meanwhile it says nothing: secrecy is
   * for ever against whoever could not forge a tag at that time.
   */
  public static final String FULL_ENTROPY = "full-entropy";

  /** Attribute of a post-quantum key: whether it is joined with a classical one. */
  public static final String HYBRID = "hybrid";

  /** Attribute of a pre-shared key: who made it. */
  public static final String MADE = "made";

  /** A person carries it to the peer, who may not hold it yet. */
  public static final String CARRIED = "carried";

  /**
   * Copies the attributes.
   *
   * @param kind as above
   * @param simulated as above
   * @param relayed as above
   * @param attributes as above
   * @throws NullPointerException if anything is null
   */
  public KeyOrigin {
    java.util.Objects.requireNonNull(kind, "kind");
    attributes = Map.copyOf(attributes);
  }

  /**
   * Whether a claim of information-theoretic secrecy finds nothing against it in how the bits of
   * the key were drawn; see {@link #FULL_ENTROPY}.
   *
   * @return true for keys with {@link #FULL_ENTROPY}
   */
  public boolean fullEntropy() {
    return kind == Kind.QKD && FULL_ENTROPY.equals(attributes.get(BITS));
  }

  /**
   * For status lines, for example {@code PQC(algorithm=X25519+ML-KEM-768)}, {@code QKD*} if
   * simulated.
   *
   * @return one line without spaces at its ends
   */
  @Override
  public String toString() {
    String marks = (simulated ? "*simulated" : "") + (relayed ? "*relayed" : "");
    return kind + marks + (attributes.isEmpty() ? "" : new TreeMap<>(attributes).toString());
  }
}
