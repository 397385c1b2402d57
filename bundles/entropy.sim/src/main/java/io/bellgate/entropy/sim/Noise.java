package io.bellgate.entropy.sim;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

/** Noise of a known distribution, and what can go wrong with it. For one thread. */
final class Noise {
  /** How it is distributed. */
  enum Model {
    /** Independent bits, ones of a probability. */
    BITS,
    /** Bits that repeat the one before with a probability. */
    MARKOV,
    /** Normal noise behind an 8-bit converter. */
    GAUSS;

    int sampleBits() {
      return this == GAUSS ? 8 : 1;
    }

    /** Bits of min-entropy a sample: minus the logarithm of the likeliest value's probability. */
    double minEntropy(double parameter) {
      double most =
          this == GAUSS
              ? 2 * normal(0.5 / parameter) - 1 // the value in the middle
              : Math.max(parameter, 1 - parameter);
      return -Math.log(most) / Math.log(2);
    }
  }

  /** What goes wrong. */
  enum Fault {
    /** Nothing. */
    NONE,
    /** The same sample for ever. */
    STUCK,
    /** The likeliest value has the square root of its probability: half the min-entropy. */
    BIASED,
    /** The same few samples again and again. */
    PERIODIC,
    /** Whole blocks come twice. */
    REPEATED,
    /** Pieces are missing, zeros in their place. */
    DROPOUT
  }

  private static final double MIDDLE = 128;

  private final Model model;
  private final double parameter;
  private final Random random;
  private byte[] before = new byte[0];
  private boolean twice;
  private boolean last;

  Noise(Model model, double parameter, long seed) {
    if (!(parameter > 0) || model != Model.GAUSS && parameter >= 1) {
      throw new IllegalArgumentException(
          "BG-ENTROPY-020 a probability lies between 0 and 1, a deviation above 0: parameter="
              + parameter);
    }
    this.model = model;
    this.parameter = parameter;
    this.random = new Random(seed);
  }

  /** Fills with samples, as a noise source gives them. */
  void fill(byte[] samples, Fault fault) throws IOException {
    switch (fault) {
      case STUCK -> Arrays.fill(samples, (byte) 0);
      case PERIODIC -> {
        for (int i = 0; i < samples.length; i++) {
          samples[i] = (byte) (0x5a + 0x13 * (i % 4));
        }
      }
      default -> {
        twice = fault == Fault.REPEATED && !twice && before.length == samples.length;
        if (twice) {
          System.arraycopy(before, 0, samples, 0, samples.length);
        } else {
          draw(samples, fault == Fault.BIASED);
        }
        if (fault == Fault.DROPOUT) {
          Arrays.fill(samples, samples.length / 2, samples.length, (byte) 0);
        }
      }
    }
    before = samples.clone();
  }

  private void draw(byte[] samples, boolean biased) {
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (model == Model.GAUSS ? converted(biased) : packed(biased));
    }
  }

  private int converted(boolean biased) {
    double most = Math.pow(2, -model.minEntropy(parameter) / 2);
    double value =
        biased && random.nextDouble() < most
            ? MIDDLE
            : Math.rint(MIDDLE + parameter * random.nextGaussian());
    return (int) Math.min(255, Math.max(0, value));
  }

  private int packed(boolean biased) {
    double likely = biased ? Math.sqrt(Math.max(parameter, 1 - parameter)) : parameter;
    int octet = 0;
    for (int i = 0; i < 8; i++) {
      boolean hit = random.nextDouble() < likely;
      last = model == Model.MARKOV ? hit == last : hit;
      octet = octet << 1 | (last ? 1 : 0);
    }
    return octet;
  }

  /** The normal distribution function (Abramowitz and Stegun, 7.1.26: error below 1.5e-7). */
  private static double normal(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    double t = 1 / (1 + 0.3275911 * z);
    double poly =
        t
            * (0.254829592
                + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double erf = 1 - poly * Math.exp(-z * z);
    return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
  }
}
