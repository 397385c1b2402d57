package io.bellgate.qkd.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.FakeFibre;
import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.Role;
import io.bellgate.qkd.bb84.Bb84;
import io.bellgate.qkd.cascade.Cascade;
import io.bellgate.qkd.link.distill.Budget;
import java.lang.annotation.Annotation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends with the real protocol and the real reconciler, over a fibre in memory. */
class SimulationTest {
  private static final long SEED = 20261125;

  /**
   * So small that only a lax epsilon leaves something: a test of the parts, not a proposal. It
   * gives a key: {@link #makesOneKeyOfTwoWithErrors}.
   */
  private static final Plan SMALL = new Plan(20_000, 0.7, 8_192, 1_024, 0.03, 0.1);

  private static final double PLANNED = 0.02;

  private static Simulation.Result run(Plan plan, double planned, FakeFibre.Light light)
      throws Exception {
    FakeFibre fibre = new FakeFibre(SEED, light);
    Proposal proposal =
        new Proposal(Proposal.Kind.BLOCK, "bb84", "cascade", plan, Budget.of(plan, planned, 1.25));
    try (Simulation simulation =
        new Simulation(
            new Simulation.Parts(
                proposal,
                new Bb84(),
                new Cascade(new Opt4()),
                fibre.end(Role.ALICE),
                fibre.end(Role.BOB),
                new SeededBits(SEED)))) {
      return simulation.run();
    }
  }

  /** Cascade as configured by default. */
  @SuppressWarnings("BadAnnotationImplementation")
  private record Opt4() implements Cascade.Settings {
    @Override
    public String variant() {
      return "opt4";
    }

    @Override
    public String serve() {
      return "all";
    }

    @Override
    public Class<? extends Annotation> annotationType() {
      return Cascade.Settings.class;
    }
  }

  /** Pitfall 14: errors are really corrected, and paid for. */
  @Test
  void makesOneKeyOfTwoWithErrors() throws Exception {
    Simulation.Result result = run(SMALL, PLANNED, FakeFibre.Light.PERFECT.erring(0.015));
    assertTrue(result.alice().confirmed() && result.bob().confirmed(), result.toString());
    assertTrue(result.agreed());
    assertEquals(0.015, result.bob().qber(), 0.015);
    assertTrue(result.bob().spent().correctedBits() > 50, result.toString());
    assertEquals(result.alice().spent().aliceBits(), result.bob().spent().aliceBits());
    assertEquals(result.alice().secretBits(), result.bob().secretBits());
    assertTrue(result.alice().secretBits() > 0);
  }

  /** Pitfall 16: the plan that gives a key of 1.5 % errors gives none of more than it tolerates. */
  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.08, 0.11, 0.15, 0.20, 0.25, 0.30})
  void makesNoKeyOfTooManyErrors(double errors) throws Exception {
    Simulation.Result result = run(SMALL, PLANNED, FakeFibre.Light.PERFECT.erring(errors));
    assertEquals("qber", result.alice().reason(), result.toString());
    assertEquals("qber", result.bob().reason(), result.toString());
    assertEquals(BlockRecord.ABORTED, result.alice().outcome(), result.toString());
    assertEquals(BlockRecord.ABORTED, result.bob().outcome(), result.toString());
    assertEquals(0, result.alice().secretBits() + result.bob().secretBits());
    assertTrue(result.agreed());
  }

  @Test
  void makesNoKeyWhereSomebodyListens() throws Exception {
    Simulation.Result result = run(SMALL, PLANNED, FakeFibre.Light.PERFECT.intercepting(1));
    assertEquals("qber", result.alice().reason(), result.toString());
    // k = 1,800 bits at least: a standard deviation is 1 %
    assertEquals(0.25, result.alice().qber(), 0.05);
  }

  /** Pitfall 17: what a block that failed has disclosed stands in its record. */
  @Test
  void saysWhatABlockThatFailedDisclosed() throws Exception {
    Simulation.Result result = run(SMALL, 0.001, FakeFibre.Light.PERFECT.erring(0.015));
    assertEquals("budget", result.alice().reason(), result.toString());
    assertEquals("budget", result.bob().reason());
    assertTrue(result.alice().spent().aliceBits() > 500, result.toString());
  }
}
