package io.bellgate.api.qkd;

import io.bellgate.api.bits.SecretBits;
import java.util.Objects;

/** How a protocol's part of a block ended. */
public sealed interface Sifting {
  /**
   * What was counted.
   *
   * @return zero where it did not come so far
   */
  Counts counts();

  /**
   * The error rate in the test basis.
   *
   * @return in [0,1], or not a number if nothing was compared
   */
  double qber();

  /**
   * A sifted key with a bound.
   *
   * @param key exactly the plan's key bits; the receiver owns and destroys it
   * @param counts what was counted
   * @param qber errors in the test basis, in [0,1]
   * @param minEntropyBits lower bound on the smooth min-entropy of Alice's key given the
   *     eavesdropper's quantum system and what was said so far, for the plan's epsilon; at least 0,
   *     at most the key's bits. What is disclosed later is not subtracted.
   * @param bound which bound with its source and its numbers, for the record, for example {@code
   *     Tomamichel 2012 eq. 2: mu=0.0518}
   */
  record Sifted(SecretBits key, Counts counts, double qber, double minEntropyBits, String bound)
      implements Sifting {
    /**
     * Checks the ranges.
     *
     * @param key as above
     * @param counts as above
     * @param qber as above
     * @param minEntropyBits as above
     * @param bound as above
     * @throws IllegalArgumentException if a value is outside its range, or not a number
     */
    public Sifted {
      Objects.requireNonNull(counts, "counts");
      Objects.requireNonNull(bound, "bound");
      if (!(qber >= 0 && qber <= 1 && minEntropyBits >= 0 && minEntropyBits <= key.length())) {
        throw new IllegalArgumentException(
            "a sifted key has qber in [0,1] and 0 <= minEntropyBits <= its length: qber="
                + qber
                + " minEntropyBits="
                + minEntropyBits
                + " length="
                + key.length());
      }
    }
  }

  /**
   * No key.
   *
   * @param reason why
   * @param evidence the rule and the values, never key bits
   * @param counts what was counted
   * @param qber errors in the test basis, or not a number
   */
  record Aborted(Reason reason, String evidence, Counts counts, double qber) implements Sifting {
    /**
     * Checks that nothing is null.
     *
     * @param reason as above
     * @param evidence as above
     * @param counts as above
     * @param qber as above
     * @throws NullPointerException if anything is null
     */
    public Aborted {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(evidence, "evidence");
      Objects.requireNonNull(counts, "counts");
    }
  }

  /** Why a block gives no key. */
  enum Reason {
    /** More errors than tolerated: noise, or somebody listens. */
    QBER,
    /** Too few detections or test bits for the plan. */
    TOO_FEW,
    /** The bound gives nothing for this plan or this source. */
    NO_BOUND,
    /** The two ends do not run the same plan or protocol. */
    MISMATCH
  }

  /**
   * What was counted in a block.
   *
   * @param pulses pulses sent
   * @param detections pulses that clicked at Bob
   * @param doubleClicks of these, pulses in which both detectors clicked; given a random bit
   * @param keySifted detections for which both ends chose the key basis
   * @param testSifted detections for which both ends chose the test basis
   * @param testErrors of these, those with different bits
   */
  record Counts(
      long pulses,
      long detections,
      long doubleClicks,
      long keySifted,
      long testSifted,
      long testErrors) {
    /** Nothing was counted. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);
  }
}
