package io.bellgate.qkd.link.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.qkd.Plan;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final Plan PLAN = new Plan(1_000_000, 0.7, 100_000, 10_000, 0.02, 1e-10);

  @Test
  void knowsTheBinaryEntropy() {
    // reference values
    double[][] table = {
      {.01, .080793}, {.02, .141441}, {.05, .286397}, {.08, .402179}, {.11, .499916}
    };
    for (double[] row : table) {
      assertEquals(row[1], Budget.binaryEntropy(row[0]), 5e-7);
    }
    assertEquals(0, Budget.binaryEntropy(0));
    assertEquals(0, Budget.binaryEntropy(1));
    assertEquals(1, Budget.binaryEntropy(0.5), 1e-15);
  }

  /**
   * Tomamichel 2012, equation 2: n = 10^5, k = 10^4, Q = 2 %, f = 1.1 in one direction, epsilon
   * 1e-10 and 1e-15 give 47055.32 bits.
   */
  @Test
  void meetsThePublishedFormulaButForWhatItChargesMore() {
    double mu = 0.05182281848;
    double minEntropy = 1e5 * (1 - Budget.binaryEntropy(.02 + mu));
    double leak = 1.1 * 1e5 * Budget.binaryEntropy(.02);
    double epsilonCorrectness = Math.log(1e15) / Math.log(2);
    assertEquals(
        47055.32, minEntropy - leak - Budget.amplificationBits(1e-10) - epsilonCorrectness, 0.01);
    Budget ours = Budget.of(PLAN, 0.02, 1.1);
    assertEquals(Math.ceil(2 * leak), ours.reconciliationBits(), "both directions");
    double expected = minEntropy - Math.ceil(2 * leak) - 128 - 1 - Budget.amplificationBits(1e-10);
    int bits = ours.secretBits(minEntropy, 1e-10);
    assertEquals(0, bits % 256);
    assertTrue(bits <= expected && bits > expected - 256, bits + " of " + expected);
  }

  /** Pitfalls 2 and 4: the length never exceeds what one direction alone would leave. */
  @Test
  void neverLeavesMoreThanOneDirectionWould() {
    for (double qber = 0.001; qber < 0.11; qber += 0.001) {
      Budget budget = Budget.of(PLAN, qber, 1.05);
      double oneWay = 60_000 - 1.05 * 1e5 * Budget.binaryEntropy(qber);
      assertTrue(budget.secretBits(60_000, 1e-10) <= Math.max(0, oneWay - 128), "qber=" + qber);
    }
  }

  /** Pitfalls 6 and 16: whatever comes in, no key is better than a wrong one. */
  @Test
  void leavesNothingWhereTheNumbersMakeNoSense() {
    Budget budget = Budget.of(PLAN, 0.02, 1.1);
    for (double bad :
        new double[] {
          Double.NaN, Double.NEGATIVE_INFINITY, -1, 0, budget.reconciliationBits(), 1e-300
        }) {
      assertEquals(0, budget.secretBits(bad, 1e-10), "minEntropyBits=" + bad);
    }
    assertEquals(0, budget.secretBits(50_000, 0));
    assertEquals(0, budget.secretBits(50_000, Double.NaN));
    Random random = new Random(6);
    for (int i = 0; i < 10_000; i++) {
      double entropy = random.nextGaussian() * 1e5;
      int bits = budget.secretBits(entropy, random.nextDouble());
      assertTrue(bits >= 0 && bits <= Math.max(0, entropy - budget.reconciliationBits()), "i=" + i);
    }
  }
}
