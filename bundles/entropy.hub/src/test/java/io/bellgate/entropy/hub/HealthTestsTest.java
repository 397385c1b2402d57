package io.bellgate.entropy.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The health tests against SP 800-90B section 4.4. */
class HealthTestsTest {
  @Test
  void repetitionCutoffFollowsSection441() {
    assertEquals(21, HealthTests.REPETITION_CUTOFF);
  }

  @Test
  void proportionCutoffFollowsSection442() {
    // exact: the smallest k with sum_{i<=k} C(512,i) >= (1 - 2^-20) 2^512, plus one
    BigDecimal all = new BigDecimal(BigInteger.TWO.pow(512));
    BigDecimal goal =
        all.subtract(all.divide(new BigDecimal(BigInteger.TWO.pow(20)), MathContext.DECIMAL128));
    BigInteger term = BigInteger.ONE;
    BigInteger sum = BigInteger.ONE;
    int k = 0;
    while (new BigDecimal(sum).compareTo(goal) < 0) {
      term = term.multiply(BigInteger.valueOf(512 - k)).divide(BigInteger.valueOf(k + 1));
      sum = sum.add(term);
      k++;
    }
    assertEquals(k + 1, HealthTests.PROPORTION_CUTOFF);
    assertEquals(311, HealthTests.PROPORTION_CUTOFF);
  }

  @Test
  void firesAtTheRepetitionCutoffAndNotBefore() {
    HealthTests tests = new HealthTests();
    assertTrue(tests.feed(new byte[20]).isEmpty());
    assertTrue(tests.feed(new byte[1]).orElseThrow().startsWith("repetition count"));
  }

  @Test
  void firesWhenOneValueDominates() {
    byte[] samples = new byte[512];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (i % 3 == 2 ? i : 7);
    }
    assertTrue(new HealthTests().feed(samples).orElseThrow().startsWith("adaptive proportion"));
  }

  @Test
  void acceptsUniformOctets() {
    long seed = 90_002;
    byte[] samples = new byte[4 << 20];
    new Random(seed).nextBytes(samples);
    assertTrue(new HealthTests().feed(samples).isEmpty(), "seed=" + seed);
  }

  @Test
  void seesTheSameWhetherOctetsComeAtOnceOrOneByOne() {
    HealthTests tests = new HealthTests();
    byte[] zero = new byte[1];
    for (int i = 1; i < HealthTests.REPETITION_CUTOFF; i++) {
      assertTrue(tests.feed(zero).isEmpty());
    }
    assertTrue(tests.feed(Arrays.copyOf(zero, 1)).isPresent());
  }
}
