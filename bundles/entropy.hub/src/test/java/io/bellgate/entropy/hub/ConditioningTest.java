package io.bellgate.entropy.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures of the assessment tool of NIST, run outside this project. */
class ConditioningTest {
  @ParameterizedTest
  @CsvSource({
    "512, 256, 256, 384, -131.24",
    "512, 256, 256, 480, -131.24",
    "384, 256, 256, 320, -67.24",
    "1024, 256, 256, 320, -71.47",
    "640, 512, 512, 576, -67.74",
    "768, 512, 512, 720, -131.74"
  })
  void givesFullEntropyForASurplus(int in, int out, int narrowest, double entropy, double epsilon) {
    Conditioning conditioning = new Conditioning(in, out, narrowest);
    assertTrue(conditioning.full(entropy));
    assertEquals(out, conditioning.outputEntropy(entropy), 1e-9);
    assertEquals(epsilon, conditioning.logEpsilon(entropy), 0.005);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 256, 256, 256, 255, 0.000001",
    "256, 256, 256, 240, 239.99997799, 0.00000001",
    "128, 128, 128, 120, 119.99437545, 0.00000001"
  })
  void addsNothingWhereThereIsNone(
      int in, int out, int narrowest, double entropy, double expected, double precision) {
    Conditioning conditioning = new Conditioning(in, out, narrowest);
    assertFalse(conditioning.full(entropy));
    assertEquals(expected, conditioning.outputEntropy(entropy), precision);
  }
}
