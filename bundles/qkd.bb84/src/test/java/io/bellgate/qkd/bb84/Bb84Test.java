package io.bellgate.qkd.bb84;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.FakeFibre.Light;
import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QkdProtocolContract;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.QuantumChannel.Source;
import io.bellgate.api.qkd.Sifting;
import io.bellgate.api.qkd.Sifting.Aborted;
import io.bellgate.api.qkd.Sifting.Counts;
import io.bellgate.api.qkd.Sifting.Reason;
import io.bellgate.api.qkd.TwoEnds;
import io.bellgate.api.qkd.TwoEnds.Outcome;
import io.bellgate.api.qkd.TwoEnds.Pair;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class Bb84Test extends QkdProtocolContract {
  private static final long SEED = 84;
  private static final Plan PLAN = new Plan(20_000, 0.5, 4_000, 4_000, 0.04, 1e-3);

  @Override
  protected QkdProtocol protocol() {
    return new Bb84();
  }

  @Override
  protected Plan plan() {
    return PLAN;
  }

  private Pair<Outcome> run(long seed, Plan plan, Light light) throws Exception {
    return TwoEnds.on(seed, plan, light).run(protocol());
  }

  @Test
  void refusesWeakPulsesBeforeTheFirst() throws Exception {
    TwoEnds ends = TwoEnds.on(SEED, PLAN, Light.PERFECT.from(Source.WEAK_COHERENT));
    Pair<Outcome> outcome = ends.run(protocol());
    assertEquals(Reason.NO_BOUND, outcome.alice().aborted());
    assertEquals(Reason.NO_BOUND, outcome.bob().aborted());
    assertTrue(
        ((Aborted) outcome.alice().sifting())
            .evidence()
            .startsWith("weak coherent pulses without decoys give zero key"));
    assertEquals(4, ends.classical().transcript().size(), "openings and refusals only");
  }

  @Test
  void refusesAPlanWithoutBoundBeforeTheFirstPulse() throws Exception {
    Plan tiny = new Plan(20_000, 0.5, 100, 10, 0.04, 1e-10);
    Pair<Outcome> outcome = run(SEED, tiny, Light.PERFECT);
    assertEquals(Reason.NO_BOUND, outcome.alice().aborted());
    assertEquals(Reason.NO_BOUND, outcome.bob().aborted());
    assertEquals(Counts.NONE, outcome.bob().sifting().counts());
  }

  @Test
  void choosesBasesAsPlanned() throws Exception {
    Plan biased = new Plan(400_000, 0.9, 200_000, 2_000, 0.04, 1e-3);
    Counts counts = run(SEED, biased, Light.PERFECT).bob().sifting().counts();
    System.out.println("seed=" + SEED + " " + counts);
    assertEquals(400_000, counts.detections());
    // 5 standard deviations of a binomial
    assertEquals(324_000, counts.keySifted(), 5 * Math.sqrt(400_000 * .81 * .19));
    assertEquals(4_000, counts.testSifted(), 5 * Math.sqrt(400_000 * .01 * .99));
  }

  /**
   * Somebody who disturbs the first half only: had the key the first sifted bits, it would have
   * twice the errors that the test shows.
   */
  @Test
  void takesTheKeyFromEverywhereInTheBlock() throws Exception {
    Plan half = new Plan(40_000, 0.5, 5_000, 4_000, 0.08, 1e-2);
    TwoEnds plain = TwoEnds.on(SEED, half, Light.PERFECT);
    QuantumChannel bob = new DisturbedFirstHalf(plain.quantum().bob(), 0.1);
    Pair<Outcome> ends =
        new TwoEnds(
                plain.plans(),
                new Pair<>(plain.quantum().alice(), bob),
                plain.classical(),
                plain.random())
            .run(protocol());
    System.out.println("seed=" + SEED + " " + ends.bob() + " differences=" + differences(ends));
    // 4 standard deviations
    assertEquals(0.05, ends.bob().sifting().qber(), 4 * Math.sqrt(.05 * .95 / 10_000));
    assertEquals(250, differences(ends), 4 * Math.sqrt(5_000 * .05 * .95));
  }

  private record DisturbedFirstHalf(QuantumChannel inner, double error) implements QuantumChannel {
    @Override
    public Detections detect(UUID block, long pulses, IntSupplier settings)
        throws ChannelBroken, InterruptedException {
      Detections detections = inner.detect(block, pulses, settings);
      Random random = new Random(SEED);
      for (int i = 0; detections.pulses()[i] < pulses / 2; i++) {
        detections.values()[i] ^= (byte) (random.nextDouble() < error ? 1 : 0);
      }
      return detections;
    }

    @Override
    public Emission emit(UUID block, long pulses, IntSupplier settings) {
      throw new IllegalStateException("a receiver");
    }

    @Override
    public Source source() {
      return inner.source();
    }

    @Override
    public boolean simulated() {
      return true;
    }

    @Override
    public String description() {
      return inner.description();
    }
  }

  @Test
  void givesDoubleClicksARandomBit() throws Exception {
    Plan plan = new Plan(40_000, 0.5, 8_000, 4_000, 0.11, 0.1);
    Pair<Outcome> ends = run(SEED, plan, Light.PERFECT.doubling(0.2));
    Sifting bob = ends.bob().sifting();
    System.out.println("seed=" + SEED + " " + bob);
    Counts counts = bob.counts();
    assertEquals(8_000, counts.doubleClicks(), 5 * Math.sqrt(40_000 * .2 * .8));
    assertEquals(counts, ends.alice().sifting().counts());
    // half of them are wrong
    assertEquals(0.1, bob.qber(), 5 * Math.sqrt(.1 * .9 / counts.testSifted()));
    if (ends.bob().aborted() == null) {
      assertEquals(800, differences(ends), 5 * Math.sqrt(8_000 * .1 * .9));
    }
  }

  @Test
  void countsErrorsInTheTestBasisOnly() throws Exception {
    Plan plan = new Plan(40_000, 0.5, 8_000, 4_000, 0.05, 1e-3);
    Pair<Outcome> ends = run(SEED, plan, Light.PERFECT.erring(0.02));
    Counts counts = ends.alice().sifting().counts();
    System.out.println("seed=" + SEED + " " + counts);
    assertEquals(
        0.02, ends.alice().sifting().qber(), 5 * Math.sqrt(.02 * .98 / counts.testSifted()));
    assertNull(ends.alice().failure());
  }
}
