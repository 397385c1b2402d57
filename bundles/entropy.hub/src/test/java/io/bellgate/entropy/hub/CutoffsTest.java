package io.bellgate.entropy.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Cut-offs that were computed with 60 to 80 digits, outside this project; 325 and 422 are those of
 * the published tables of jitterentropy.
 */
class CutoffsTest {
  /** H, then for alpha 2^-20, 2^-30, 2^-40: repetitions, matches as published, matches exactly. */
  @ParameterizedTest
  @CsvSource({
    "1, 21, 589, 590, 31, 609, 609, 41, 625, 626",
    "0.98, 22, 596, 597, 32, 616, 616, 42, 632, 633",
    "0.95, 23, 607, 0, 33, 627, 0, 44, 643, 0",
    "0.943416, 23, 609, 610, 33, 629, 629, 44, 645, 646",
    "0.9, 24, 625, 0, 35, 645, 0, 46, 661, 0",
    "0.864, 25, 639, 639, 36, 658, 659, 48, 675, 675",
    "0.8, 26, 664, 0, 39, 683, 0, 51, 699, 0",
    "0.5, 41, 793, 793, 61, 810, 810, 81, 824, 824",
    "0.2, 101, 941, 0, 151, 952, 0, 201, 961, 0"
  })
  void ofBits(
      double h, int r20, int m20, int x20, int r30, int m30, int x30, int r40, int m40, int x40) {
    assertCutoffs(1, h, 20, r20, m20, x20);
    assertCutoffs(1, h, 30, r30, m30, x30);
    assertCutoffs(1, h, 40, r40, m40, x40);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 4, 13, 14, 5, 16, 17, 6, 19, 20",
    "7.5, 4, 15, 16, 5, 19, 20, 7, 22, 23",
    "7, 4, 18, 18, 6, 22, 23, 7, 26, 27",
    "6, 5, 25, 26, 6, 31, 32, 8, 35, 36",
    "5, 5, 39, 0, 7, 46, 0, 9, 51, 0",
    "4, 6, 62, 63, 9, 71, 71, 11, 78, 79",
    "3, 8, 103, 0, 11, 114, 0, 15, 123, 0",
    "2, 11, 177, 0, 16, 190, 0, 21, 201, 0",
    "1, 21, 311, 311, 31, 325, 325, 41, 336, 337",
    "0.5, 41, 410, 0, 61, 422, 0, 81, 432, 0"
  })
  void ofOctets(
      double h, int r20, int m20, int x20, int r30, int m30, int x30, int r40, int m40, int x40) {
    assertCutoffs(8, h, 20, r20, m20, x20);
    assertCutoffs(8, h, 30, r30, m30, x30);
    assertCutoffs(8, h, 40, r40, m40, x40);
  }

  private static void assertCutoffs(
      int sampleBits, double h, int alpha, int repetitions, int published, int exact) {
    assertEquals(new Cutoffs(repetitions, published), Cutoffs.published(sampleBits, h, alpha));
    if (exact != 0) {
      assertEquals(new Cutoffs(repetitions, exact), Cutoffs.exact(sampleBits, h, alpha));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.01, 60", "0.001, 60", "0.2, 60"})
  void canBeReachedInAWindow(double h, int alpha) {
    assertTrue(Cutoffs.published(8, h, alpha).matches() <= Cutoffs.WINDOW);
    assertTrue(Cutoffs.exact(1, h, alpha).matches() <= Cutoffs.BIT_WINDOW);
  }

  @ParameterizedTest
  @CsvSource({"1, 30", "76000, 36", "4000000, 42", "240000000, 48", "1000000000000, 60"})
  void makeFalseAlarmsRarerThanOnceAWeek(double samplesPerSecond, int exponent) {
    assertEquals(exponent, Cutoffs.alphaExponent(samplesPerSecond));
  }
}
