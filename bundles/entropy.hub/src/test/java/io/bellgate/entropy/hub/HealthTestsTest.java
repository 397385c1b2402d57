package io.bellgate.entropy.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.entropy.hub.HealthTests.Verdict;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HealthTestsTest {
  private static Description source(int sampleBits, double minEntropy) {
    return Models.description("m", "m", sampleBits, minEntropy, Output.RAW, false);
  }

  /** What the standard says, bit by bit or octet by octet, with no shortcut. */
  private static boolean alarm(int[] samples, Cutoffs cutoffs, int window) {
    int last = -1;
    int run = 0;
    int at = 0;
    int first = -1;
    int matches = 0;
    for (int sample : samples) {
      run = sample == last ? run + 1 : 1;
      last = sample;
      if (at == 0) {
        first = sample;
        matches = 0;
      }
      matches += sample == first ? 1 : 0;
      at = (at + 1) % window;
      if (run >= cutoffs.repetitions() || matches >= cutoffs.matches()) {
        return true;
      }
    }
    return false;
  }

  private static int[] bits(byte[] octets) {
    int[] bits = new int[8 * octets.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = octets[i / 8] >> 7 - i % 8 & 1;
    }
    return bits;
  }

  private static int[] octets(byte[] octets) {
    int[] samples = new int[octets.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = octets[i];
    }
    return samples;
  }

  /** Noise that is sometimes biased, sometimes has runs, in feeds of any length. */
  @Test
  void sayOfBitsAndOctetsWhatTheStandardSays() {
    long seed = 20261125;
    Random random = new Random(seed);
    int alarms = 0;
    for (int round = 0; round < 3_000; round++) {
      byte[] noise = new byte[256 + random.nextInt(256)];
      random.nextBytes(noise);
      int stuck = random.nextInt(noise.length);
      int length = random.nextInt(8);
      byte value = (byte) (random.nextBoolean() ? random.nextInt() : -random.nextInt(2));
      int bias = random.nextInt(3) == 0 ? random.nextInt(256) : 0xff;
      for (int i = 0; i < noise.length; i++) {
        noise[i] = i >= stuck && i < stuck + length ? value : (byte) (noise[i] & bias);
      }
      for (int sampleBits : new int[] {1, 8}) {
        HealthTests tests = new HealthTests(source(sampleBits, 1), 20);
        int split = random.nextInt(noise.length);
        Verdict before = tests.feed(java.util.Arrays.copyOf(noise, split));
        Verdict after = tests.feed(java.util.Arrays.copyOfRange(noise, split, noise.length));
        boolean said = before != Verdict.HEALTHY || after != Verdict.HEALTHY;
        boolean expected =
            alarm(
                sampleBits == 1 ? bits(noise) : octets(noise),
                Cutoffs.published(sampleBits, 1, 20),
                Cutoffs.window(sampleBits));
        assertEquals(expected, said, "seed=" + seed + " round=" + round + " bits=" + sampleBits);
        alarms += said ? 1 : 0;
      }
    }
    assertTrue(alarms > 500 && alarms < 5_500, "both happen: " + alarms);
  }

  @Test
  void callAStuckSourceATotalFailureWithinABlock() {
    for (int sampleBits : new int[] {1, 8}) {
      Description source = source(sampleBits, sampleBits * 0.9);
      HealthTests tests = new HealthTests(source);
      assertEquals(Verdict.PERMANENT, tests.feed(new byte[Samples.octets(source, 1024)]));
    }
  }

  @Test
  void raiseFalseAlarmsAsOftenAsAlphaSays() {
    raiseFalseAlarms(26);
  }

  @Test
  @Tag("long")
  void raiseFalseAlarmsAsOftenAsAlphaSaysInTheLongRun() {
    raiseFalseAlarms(31);
  }

  /**
   * So many ideal bits, 2^log, at alpha 2^-20: a run of 21 ends at a bit with probability 2^-21, a
   * window of 1,024 has 589 of its first with probability P[Bin(1023, 1/2) >= 588] = 9.5e-7.
   */
  private static void raiseFalseAlarms(int log) {
    long seed = 90;
    SplittableRandom random = new SplittableRandom(seed);
    HealthTests tests = new HealthTests(source(1, 1), 20);
    byte[] block = new byte[1024]; // 8,192 bits
    int alarms = 0;
    for (int i = 0; i < 1 << log - 13; i++) {
      random.nextBytes(block);
      if (tests.feed(block) != Verdict.HEALTHY) {
        alarms++;
        tests.restart();
      }
    }
    double expected = Math.scalb(1.0, log - 21) + 9.5e-7 * Math.scalb(1.0, log - 10);
    System.out.println("false alarms: bits=2^" + log + " " + alarms + ", expected " + expected);
    assertEquals(expected, alarms, 3 * Math.sqrt(expected), "seed=" + seed);
    assertEquals(1L << log, tests.samples());
  }
}
