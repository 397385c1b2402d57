package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.Sifting;

/** What this edition of the bundle says of a block: the bound. A demo variant says more. */
final class Edition {
  private Edition() {}

  static String describe(Plan plan, Sifting.Counts counts) {
    return Bound.describe(plan);
  }
}
