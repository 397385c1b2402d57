package io.bellgate.qkd.optics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.qkd.QuantumChannel.Source;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Rates against closed forms and published signatures, each within 3 standard deviations of its
 * binomial; seeds are fixed and printed.
 */
class PhysicsTest {
  private static final long SEED = 4_006;
  private static final double SIGMAS = 3;

  private static Light single(double km, double efficiency, double dark, double error) {
    return new Light(Source.IDEAL_SINGLE_PHOTON, 0.5, km, 0.2, efficiency, dark, error);
  }

  private static Light weak(double mu, double km, double efficiency, double dark, double error) {
    return new Light(Source.WEAK_COHERENT, mu, km, 0.2, efficiency, dark, error);
  }

  private long runs;

  /** What was counted of some pulses. */
  private static final class Counted {
    long candidates;
    long clicks;
    long doubles;
    long matched;
    long errors;
    long unequal;
    long unequalOnes;
    Passage passage;

    double qber() {
      return (double) errors / matched;
    }
  }

  private Counted run(Light light, Eve eve, long pulses) {
    runs++;
    Odds odds = new Odds(light);
    Random settings = new Random(SEED + runs);
    Counted counted = new Counted();
    counted.passage = new Passage(SEED + runs);
    for (long from = 0; from < pulses; ) {
      Passage.Batch batch =
          counted.passage.next(from, Math.min(pulses, from + 1_000_000), odds.candidate());
      int count = batch.offsets().length;
      byte[] alice = new byte[count];
      byte[] bob = new byte[count];
      for (int i = 0; i < count; i++) {
        alice[i] = (byte) settings.nextInt(4);
        bob[i] = (byte) (2 * settings.nextInt(2));
      }
      count(counted, alice, bob, counted.passage.outcomes(alice, bob, odds, eve));
      counted.candidates += count;
      from = batch.to();
    }
    return counted;
  }

  private static void count(Counted counted, byte[] alice, byte[] bob, byte[] outcomes) {
    for (int i = 0; i < outcomes.length; i++) {
      if (outcomes[i] == Odds.NOTHING) {
        continue;
      }
      counted.clicks++;
      if (outcomes[i] == 2) {
        counted.doubles++;
      } else if (alice[i] >> 1 == bob[i] >> 1) {
        counted.matched++;
        counted.errors += (outcomes[i] ^ alice[i]) & 1;
      } else {
        counted.unequal++;
        counted.unequalOnes += outcomes[i];
      }
    }
  }

  private void assertRate(String what, double expected, long hits, long of) {
    double sigma = Math.sqrt(of * expected * (1 - expected));
    double off = sigma == 0 ? 0 : (hits - of * expected) / sigma;
    System.out.printf(
        "seed=%d %s: expected %.6g, got %.6g (%+.2f sigma)%n",
        SEED + runs, what, expected, (double) hits / of, off);
    assertTrue(Math.abs(hits - of * expected) <= SIGMAS * sigma, what + " sigmas=" + off);
  }

  @Test
  void showsAQuarterOfErrorsUnderFullInterception() {
    Counted counted = run(single(0, 1, 0, 0), new Eve(1), 1_000_000);
    assertRate("QBER, full intercept-resend", 0.25, counted.errors, counted.matched);
    assertRate("bits Eve has right", 0.75, counted.passage.right(), counted.passage.measured());
    assertEquals(1_000_000, counted.passage.measured());
  }

  @Test
  void showsAQuarterOfTheFractionThatIsIntercepted() {
    for (double fraction : new double[] {0.05, 0.1, 0.2, 0.44, 0.7}) {
      Counted counted = run(single(0, 1, 0, 0), new Eve(fraction), 400_000);
      assertRate("QBER, fraction " + fraction, fraction / 4, counted.errors, counted.matched);
      assertRate("intercepted, " + fraction, fraction, counted.passage.measured(), 400_000);
    }
  }

  /** Two independent causes of a wrong bit: e_d (1 - e_E) + (1 - e_d) e_E. */
  @Test
  void addsMisalignmentToInterception() {
    double expected = 0.02 * (1 - 0.125) + 0.98 * 0.125;
    Counted counted = run(single(0, 1, 0, 0.02), new Eve(0.5), 1_000_000);
    assertRate("QBER, e_d=.02 and fraction .5", expected, counted.errors, counted.matched);
  }

  @Test
  void errsByItsMisalignmentWhereBasesAgree() {
    for (double error : new double[] {0, 0.01, 0.033, 0.11, 0.5}) {
      Counted counted = run(single(0, 1, 0, error), Eve.NONE, 400_000);
      assertRate("QBER, e_d=" + error, error, counted.errors, counted.matched);
      assertRate("ones, other basis", 0.5, counted.unequalOnes, counted.unequal);
    }
  }

  @Test
  void errsInHalfOfTheDarkCounts() {
    Counted counted = run(single(0, 0, 1e-3, 0.01), Eve.NONE, 200_000_000);
    assertRate("QBER, dark counts only", 0.5, counted.errors, counted.matched);
    assertRate("clicks", 1 - Math.pow(1 - 1e-3, 2), counted.clicks, 200_000_000);
  }

  @Test
  void losesADecibelPerDecibel() {
    for (int decibels = 0; decibels <= 40; decibels++) {
      Light light = single(5.0 * decibels, 0.2, 1e-6, 0.01);
      double eta = 0.2 * Math.pow(10, -decibels / 10.0);
      double expected = 1 - (1 - eta) * (1 - 1e-6) * (1 - 1e-6);
      long pulses = (long) Math.min(1e12, 200_000 / expected);
      assertRate(
          "clicks at " + decibels + " dB", expected, run(light, Eve.NONE, pulses).clicks, pulses);
    }
  }

  @Test
  void clicksAsOftenWhoeverListens() {
    Light light = weak(0.3, 10, 0.5, 1e-4, 0.02);
    long pulses = 3_000_000;
    assertRate("clicks", light.click(), run(light, Eve.NONE, pulses).clicks, pulses);
    assertRate("clicks, Eve", light.click(), run(light, new Eve(1), pulses).clicks, pulses);
  }

  /** One photon never makes two clicks: the other one is dark. */
  @Test
  void clicksTwiceByADarkCountIfThereIsOnePhoton() {
    double eta = 0.5;
    double dark = 0.01;
    double expected = eta * dark + (1 - eta) * dark * dark;
    Counted counted = run(single(0, eta, dark, 0.05), Eve.NONE, 4_000_000);
    assertRate("double clicks, one photon", expected, counted.doubles, 4_000_000);
  }

  @Test
  void clicksTwiceBySeveralPhotonsIfPulsesAreWeakCoherent() {
    double light = 0.8 * 0.5;
    double equal = (1 - Math.exp(-light * 0.9)) * (1 - Math.exp(-light * 0.1));
    double unequal = Math.pow(1 - Math.exp(-light / 2), 2);
    Counted counted = run(weak(0.8, 0, 0.5, 0, 0.1), Eve.NONE, 2_000_000);
    assertRate("double clicks, mu=.8", (equal + unequal) / 2, counted.doubles, 2_000_000);
  }

  @Test
  void clicksAsWeakCoherentPulsesDo() {
    for (double mu : new double[] {0.01, 0.1, 0.5, 1, 5}) {
      for (double km : new double[] {0, 25, 50, 100}) {
        double eta = 0.2 * Math.pow(10, -0.02 * km);
        double expected = 1 - Math.exp(-mu * eta);
        long pulses = (long) (200_000 / expected);
        Counted counted = run(weak(mu, km, 0.2, 0, 0.01), Eve.NONE, pulses);
        assertRate("clicks, mu=" + mu + " km=" + km, expected, counted.clicks, pulses);
      }
    }
  }

  /** Gobby, Yuan and Shields' parameters at 50 km: about two in a thousand pulses click. */
  @Test
  void reproducesTheGainOfGys() {
    Light gys = new Light(Source.WEAK_COHERENT, 0.48, 50, 0.21, 0.045, 0.85e-6, 0.033);
    double eta = 0.045 * Math.pow(10, -1.05);
    assertEquals(1.7e-6 + 1 - Math.exp(-0.48 * eta), gys.click(), 1e-8);
  }

  /**
   * Against a simulation that follows every photon of every pulse, setting by setting: chi-square
   * of two samples, 32 settings and outcomes, below its 99.9 % quantile.
   */
  @Test
  void equalsASimulationPulseByPulse() {
    Light[] lights = {
      single(3, 0.6, 0.02, 0.03), weak(0.7, 3, 0.6, 0.02, 0.03), weak(3, 0, 0.9, 0.05, 0.2)
    };
    for (Light light : lights) {
      for (Eve eve : new Eve[] {Eve.NONE, new Eve(0.4)}) {
        long[][] fast = new long[8][4];
        long[][] slow = new long[8][4];
        tableByEvents(light, eve, 600_000, fast);
        tableByPulses(light, eve, 600_000, slow);
        double chi = 0;
        int freedom = 0;
        for (int s = 0; s < 8; s++) {
          for (int o = 0; o < 3; o++) {
            long both = fast[s][o] + slow[s][o];
            if (both > 0) {
              chi += Math.pow(fast[s][o] - slow[s][o], 2) / both;
              freedom++;
            }
          }
        }
        System.out.printf(
            "seed=%d %s %s: chi2=%.1f of %d%n", SEED, light.source(), eve, chi, freedom);
        // 24 cells of independent counts: 99.9 % of chi-square with 24 degrees of freedom
        assertEquals(24, freedom);
        assertTrue(chi < 51.18, "chi2=" + chi);
      }
    }
  }

  private static void tableByEvents(Light light, Eve eve, int pulses, long[][] table) {
    Odds odds = new Odds(light);
    Passage passage = new Passage(SEED);
    Random random = new Random(SEED);
    for (long from = 0; from < pulses; ) {
      Passage.Batch batch = passage.next(from, pulses, odds.candidate());
      int count = batch.offsets().length;
      byte[] alice = new byte[count];
      byte[] bob = new byte[count];
      for (int i = 0; i < count; i++) {
        alice[i] = (byte) random.nextInt(4);
        bob[i] = (byte) (2 * random.nextInt(2));
      }
      byte[] outcomes = passage.outcomes(alice, bob, odds, eve);
      for (int i = 0; i < count; i++) {
        table[alice[i] | bob[i] << 1][outcomes[i]]++;
      }
      from = batch.to();
    }
  }

  private static void tableByPulses(Light light, Eve eve, int pulses, long[][] table) {
    Random random = new Random(~SEED);
    for (int pulse = 0; pulse < pulses; pulse++) {
      int alice = random.nextInt(4);
      int bob = 2 * random.nextInt(2);
      int photons = light.source() == Source.IDEAL_SINGLE_PHOTON ? 1 : poisson(light, random);
      int state = alice;
      if (random.nextDouble() < eve.fraction()) {
        int basis = random.nextInt(2);
        state = basis == alice >> 1 ? alice : basis << 1 | random.nextInt(2);
      }
      table[alice | bob << 1][detect(light, photons, state, bob, random)]++;
    }
  }

  /** Knuth's method. */
  private static int poisson(Light light, Random random) {
    double limit = Math.exp(-light.meanPhotons());
    int photons = 0;
    for (double p = random.nextDouble(); p > limit; p *= random.nextDouble()) {
      photons++;
    }
    return photons;
  }

  private static int detect(Light light, int photons, int state, int bob, Random random) {
    boolean[] click = {
      random.nextDouble() < light.darkCountProbability(),
      random.nextDouble() < light.darkCountProbability()
    };
    double passes = Math.pow(10, -light.lossDecibelsPerKm() * light.lengthKm() / 10);
    for (int photon = 0; photon < photons; photon++) {
      if (random.nextDouble() >= passes || random.nextDouble() >= light.detectorEfficiency()) {
        continue;
      }
      int to = state & 1;
      if (state >> 1 != bob >> 1) {
        to = random.nextInt(2);
      } else if (random.nextDouble() < light.misalignmentError()) {
        to ^= 1;
      }
      click[to] = true;
    }
    return click[0] && click[1] ? 2 : click[0] ? 0 : click[1] ? 1 : Odds.NOTHING;
  }

  /** A fifth of the pulses that are asked for does not click. */
  @Test
  void asksForMoreThanClicks() {
    Counted counted = run(single(25, 0.2, 1e-6, 0.01), Eve.NONE, 10_000_000);
    assertRate("clicks of candidates", 0.8, counted.clicks, counted.candidates);
  }

  @Test
  void asksForTheSamePulsesWhateverTheSettings() {
    Odds odds = new Odds(single(25, 0.2, 1e-6, 0.01));
    Passage one = new Passage(SEED);
    Passage other = new Passage(SEED);
    long from = 0;
    for (int i = 0; i < 20; i++) {
      Passage.Batch a = one.next(from, from + 100_000, odds.candidate());
      Passage.Batch b = other.next(from, from + 100_000, odds.candidate());
      assertArrayEquals(a.offsets(), b.offsets());
      int count = a.offsets().length;
      byte[] ones = new byte[count];
      java.util.Arrays.fill(ones, (byte) 3);
      one.outcomes(new byte[count], new byte[count], odds, Eve.NONE);
      other.outcomes(ones, new byte[count], odds, new Eve(0.5));
      from = a.to();
    }
  }

  @Test
  void refusesWhatIsNotPhysical() {
    assertThrows(IllegalArgumentException.class, () -> single(-1, 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> single(1, 1.1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> single(1, 1, Double.NaN, 0));
    assertThrows(IllegalArgumentException.class, () -> single(1, 1, 0, 0.6));
    assertThrows(IllegalArgumentException.class, () -> weak(0, 1, 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Eve(1.5));
    assertThrows(IllegalArgumentException.class, () -> new Eve(Double.NaN));
  }
}
