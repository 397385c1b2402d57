package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.Plan;
import java.util.Locale;

/**
 * What an eavesdropper cannot know: the bound of Tomamichel, Lim, Gisin and Renner, "Tight
 * finite-key analysis for quantum cryptography", Nature Communications 3, 634 (2012), equation (2),
 * for BB84 with single photons:
 *
 * <pre>
 *   H_min(key | E) &gt;= n (1 - h(Qtol + mu)),
 *   mu = sqrt( (n + k)/(n k) * (k + 1)/k * ln(4/epsilon) )
 * </pre>
 *
 * with n bits of key, at least k test bits, at most the rate Qtol of errors among them, and the
 * preparation quality q = 1 of two complementary bases. The smoothing is epsilon/4 over the root of
 * the probability to pass; the other half of epsilon is spent by privacy amplification, which
 * subtracts 2 log2(1/epsilon) bits. mu is Serfling's bound for samples without replacement.
 *
 * <p>The proof is for a fixed length: n, k and Qtol are the plan's thresholds, known before the
 * first pulse, and never what was observed. More test bits than k or fewer errors than Qtol make mu
 * or the error smaller, and the bound still holds.
 */
final class Bound {
  /** From here on h() would not grow any more: there is no bound. */
  private static final double HALF = 0.5;

  private Bound() {}

  /**
   * How much more errors the key may have in the other basis than the test showed.
   *
   * @param n bits of the key, at least 1
   * @param k test bits, at least 1
   * @param epsilon in (0,1)
   */
  static double mu(double n, double k, double epsilon) {
    return Math.sqrt((n + k) / (n * k) * (k + 1) / k * Math.log(4 / epsilon));
  }

  /**
   * The bound.
   *
   * @param n bits of the key
   * @param k test bits
   * @param tolerance Qtol
   * @param epsilon distance from an ideal key
   * @return bits, in [0, n]; 0 if any value is outside its range, or nothing can be said
   */
  static double minEntropyBits(double n, double k, double tolerance, double epsilon) {
    boolean sane = n >= 1 && k >= 1 && tolerance >= 0 && epsilon > 0 && epsilon < 1;
    double error = sane ? tolerance + mu(n, k, epsilon) : HALF;
    // not "error >= HALF": what is not a number gives nothing either
    return error < HALF && n < Double.POSITIVE_INFINITY ? n * (1 - entropy(error)) : 0;
  }

  static double minEntropyBits(Plan plan) {
    return minEntropyBits(
        plan.keyBits(), plan.testBits(), plan.qberTolerance(), plan.epsilonSecrecy());
  }

  /** The bound with its source and numbers, for the record. */
  static String describe(Plan plan) {
    return String.format(
        Locale.ROOT,
        "Tomamichel 2012 eq. 2: n=%d k=%d Qtol=%s epsilon=%s mu=%.6f; single photons, fixed length",
        plan.keyBits(),
        plan.testBits(),
        plan.qberTolerance(),
        plan.epsilonSecrecy(),
        mu(plan.keyBits(), plan.testBits(), plan.epsilonSecrecy()));
  }

  /** Binary entropy h(q) in bits, q in [0, 1/2). */
  static double entropy(double q) {
    return q <= 0 ? 0 : -(q * Math.log(q) + (1 - q) * Math.log1p(-q)) / Math.log(2);
  }
}
