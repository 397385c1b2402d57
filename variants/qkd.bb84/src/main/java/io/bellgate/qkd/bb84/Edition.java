package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.Sifting;

/**
 * DEMO VARIANT: says beside the bound how many sifted bits the block had beyond its plan, so that a
 * swap can be seen in block records.
 */
final class Edition {
  private Edition() {}

  static String describe(Plan plan, Sifting.Counts counts) {
    return String.format(
        java.util.Locale.ROOT,
        "%s; DEMO VARIANT: beyond the plan %d key bits, %d test bits",
        Bound.describe(plan),
        counts.keySifted() - plan.keyBits(),
        counts.testSifted() - plan.testBits());
  }
}
