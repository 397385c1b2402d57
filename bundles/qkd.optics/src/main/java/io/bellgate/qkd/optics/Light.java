package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.QuantumChannel.Source;
import java.util.Locale;

/**
 * The physics of one pulse, in closed form. Simulated.
 *
 * <p>A pulse holds one photon, or a number of photons that is Poisson with mean mu. Each photon
 * arrives and is detected with probability eta = 10^(-a L / 10) eta_d. If Bob measures in the basis
 * of the state, it goes to the wrong one of two detectors with probability e_d; in the other basis
 * to either with 1/2. Either detector clicks without light with probability p_d in a pulse. So a
 * detector that gets the share s of the light stays silent with
 *
 * <pre>
 *   (1 - eta s) (1 - p_d)        one photon
 *   exp(-mu eta s) (1 - p_d)     weak coherent
 * </pre>
 *
 * and both stay silent with (1 - eta)(1 - p_d)^2 or exp(-mu eta)(1 - p_d)^2, whatever the bases
 * (Lütkenhaus, Phys. Rev. A 61, 052304 (2000); Ma, Qi, Zhao and Lo, Phys. Rev. A 72, 012326 (2005),
 * section II).
 *
 * @param source one photon, or Poisson
 * @param meanPhotons mu, of weak coherent pulses, above 0
 * @param lengthKm L, at least 0
 * @param lossDecibelsPerKm a, at least 0
 * @param detectorEfficiency eta_d, in [0,1]
 * @param darkCountProbability p_d, per pulse and detector, in [0,1]
 * @param misalignmentError e_d, in [0, 0.5]
 */
record Light(
    Source source,
    double meanPhotons,
    double lengthKm,
    double lossDecibelsPerKm,
    double detectorEfficiency,
    double darkCountProbability,
    double misalignmentError) {
  Light {
    within("meanPhotons", meanPhotons, 1e-9, 100);
    within("lengthKm", lengthKm, 0, 10_000);
    within("lossDecibelsPerKm", lossDecibelsPerKm, 0, 100);
    within("detectorEfficiency", detectorEfficiency, 0, 1);
    within("darkCountProbability", darkCountProbability, 0, 1);
    within("misalignmentError", misalignmentError, 0, 0.5);
  }

  private static void within(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "BG-OPTICS-008 a value is in its range: "
              + name
              + "="
              + value
              + " least="
              + least
              + " most="
              + most);
    }
  }

  Light over(double otherLengthKm) {
    return new Light(
        source,
        meanPhotons,
        otherLengthKm,
        lossDecibelsPerKm,
        detectorEfficiency,
        darkCountProbability,
        misalignmentError);
  }

  /** eta: that a photon which Alice sends is detected. */
  double transmittance() {
    return Math.pow(10, -lossDecibelsPerKm * lengthKm / 10) * detectorEfficiency;
  }

  /** That a detector which gets this share of the light stays silent. */
  double silent(double share) {
    double dark = 1 - darkCountProbability;
    return source == Source.IDEAL_SINGLE_PHOTON
        ? (1 - transmittance() * share) * dark
        : Math.exp(-meanPhotons * transmittance() * share) * dark;
  }

  /** That at least one detector clicks, whatever the settings. */
  double click() {
    return 1 - silent(1) * (1 - darkCountProbability);
  }

  /**
   * What clicks.
   *
   * @param share of the light that goes to detector 0
   * @return probabilities that detector 0 clicks alone, detector 1 alone, both
   */
  double[] outcomes(double share) {
    double none = 1 - click();
    double silent0 = silent(share);
    double silent1 = silent(1 - share);
    return new double[] {silent1 - none, silent0 - none, 1 - silent0 - silent1 + none};
  }

  String describe() {
    return String.format(
        Locale.ROOT,
        "simulated fibre %s km, %s",
        lengthKm,
        source == Source.IDEAL_SINGLE_PHOTON
            ? "ideal single-photon source"
            : "weak coherent pulses without decoys, mean photons " + meanPhotons);
  }
}
