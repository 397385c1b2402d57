package io.bellgate.api.qkd;

/**
 * What both ends agree on before the first pulse: size and thresholds of a block. A block meets
 * them or is aborted; no threshold looks at the data, so that bounds for a fixed length apply.
 *
 * @param pulses pulses of the block, at least 1
 * @param keyBasisProbability with which either end chooses the key basis, in (0,1)
 * @param keyBits sifted bits of the key basis that go on, exactly; fewer abort
 * @param testBits sifted bits of the test basis, at least; fewer abort
 * @param qberTolerance the most errors in the test basis, in [0, 0.11]; more abort
 * @param epsilonSecrecy the distance from an ideal key that the bound is for, in (0,1)
 */
public record Plan(
    long pulses,
    double keyBasisProbability,
    int keyBits,
    int testBits,
    double qberTolerance,
    double epsilonSecrecy) {
  /** The most QBER that any plan tolerates: above it BB84 gives no key. */
  public static final double MOST_QBER = 0.11;

  /**
   * Checks the ranges.
   *
   * @param pulses as above
   * @param keyBasisProbability as above
   * @param keyBits as above
   * @param testBits as above
   * @param qberTolerance as above
   * @param epsilonSecrecy as above
   * @throws IllegalArgumentException if a value is outside its range, or not a number
   */
  public Plan {
    if (pulses < 1 || keyBits < 1 || testBits < 1) {
      throw new IllegalArgumentException(
          "a plan has at least one pulse, key bit and test bit: pulses="
              + pulses
              + " keyBits="
              + keyBits
              + " testBits="
              + testBits);
    }
    if (!(keyBasisProbability > 0
        && keyBasisProbability < 1
        && qberTolerance >= 0
        && qberTolerance <= MOST_QBER
        && epsilonSecrecy > 0
        && epsilonSecrecy < 1)) {
      throw new IllegalArgumentException(
          "a plan has keyBasisProbability and epsilonSecrecy in (0,1), qberTolerance in [0,"
              + MOST_QBER
              + "]: keyBasisProbability="
              + keyBasisProbability
              + " epsilonSecrecy="
              + epsilonSecrecy
              + " qberTolerance="
              + qberTolerance);
    }
  }
}
