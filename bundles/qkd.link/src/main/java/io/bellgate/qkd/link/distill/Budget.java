package io.bellgate.qkd.link.distill;

import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.qkd.Plan;

/**
 * What a block may disclose and what is left of it: fixed before the block, for both ends.
 *
 * <p>Source: Tomamichel, Lim, Gisin, Renner 2012 (arXiv 1103.4130), equation 2, with two
 * deviations, both to the safe side. Reconciliation is charged in both directions: what Bob says is
 * public, too (Tupkary and Lütkenhaus, arXiv 2307.00576). The verification hash is charged with all
 * its bits, and its one-bit result, too.
 *
 * @param reconciliationBits the most that both ends' reconciliation messages may say
 */
public record Budget(int reconciliationBits) {
  /** Bits of the verification hash. */
  public static final int VERIFICATION_BITS = 8 * OneTimeTag.TAG_OCTETS;

  /** Whether verification succeeded is public. */
  public static final int RESULT_BITS = 1;

  private static final int CHUNK_BITS = 8 * KeyPool.CHUNK_OCTETS;

  /**
   * The budget for a rate of errors.
   *
   * @param plan the block
   * @param expectedQber errors that reconciliation is planned for, in (0, 0.11]
   * @param efficiency what reconciliation may disclose in one direction, as a multiple of the
   *     Shannon limit n h(QBER); at least 1
   * @return both directions together
   */
  public static Budget of(Plan plan, double expectedQber, double efficiency) {
    return new Budget(
        (int) Math.ceil(2 * efficiency * plan.keyBits() * binaryEntropy(expectedQber)));
  }

  /**
   * The length of the secret key, for a bound of the protocol: whole chunks of the pool.
   *
   * @param minEntropyBits of the sifted key, before anything here was disclosed
   * @param epsilonSecrecy of the plan
   * @return bits, a multiple of 256; 0 if nothing is left
   */
  public int secretBits(double minEntropyBits, double epsilonSecrecy) {
    double left =
        minEntropyBits
            - reconciliationBits
            - VERIFICATION_BITS
            - RESULT_BITS
            - amplificationBits(epsilonSecrecy);
    // a comparison with something that is no number is false
    return left >= CHUNK_BITS ? (int) (Math.floor(left / CHUNK_BITS) * CHUNK_BITS) : 0;
  }

  /** What privacy amplification costs: log2(2 / epsilon^2). */
  static double amplificationBits(double epsilonSecrecy) {
    return 1 - 2 * Math.log(epsilonSecrecy) / Math.log(2);
  }

  /**
   * Shannon's binary entropy.
   *
   * @param p in [0,1]
   * @return in [0,1]
   */
  public static double binaryEntropy(double p) {
    return p <= 0 || p >= 1 ? 0 : -(p * Math.log(p) + (1 - p) * Math.log1p(-p)) / Math.log(2);
  }
}
