package io.bellgate.qkd.optics;

/**
 * What a pulse does for given settings, as a table to draw from.
 *
 * <p>A pulse is a candidate with a probability that no setting exceeds; settings are asked for
 * candidates alone, and candidates are thinned. The probability is a quarter more than that of a
 * click, so that a fifth of the candidates does not click: who is asked does not learn that a pulse
 * was detected.
 */
final class Odds {
  private static final double ASKED_FOR_A_CLICK = 1.25;

  /** What {@link #outcome} says of a candidate that does not click. */
  static final byte NOTHING = 3;

  private final Light light;
  private final double candidate;

  /** Cumulative outcomes if the share of detector 0 is: right for bit 0, for bit 1, one half. */
  private final double[][] below = new double[3][];

  Odds(Light light) {
    this.light = light;
    this.candidate = Math.min(1, ASKED_FOR_A_CLICK * light.click());
    double[] shares = {1 - light.misalignmentError(), light.misalignmentError(), 0.5};
    for (int i = 0; i < shares.length; i++) {
      double[] outcomes = light.outcomes(shares[i]);
      below[i] =
          new double[] {
            outcomes[0], outcomes[0] + outcomes[1], outcomes[0] + outcomes[1] + outcomes[2]
          };
    }
  }

  Light light() {
    return light;
  }

  /** That a pulse has to be asked for. */
  double candidate() {
    return candidate;
  }

  /**
   * What clicks in a candidate.
   *
   * @param state the setting that the light arrives in
   * @param bob his setting
   * @param draw uniform in [0,1)
   * @return 0, 1, 2 for both, {@link #NOTHING}
   */
  byte outcome(int state, int bob, double draw) {
    double[] limits = below[state >> 1 == bob >> 1 ? state & 1 : 2];
    double u = draw * candidate;
    return u < limits[0] ? 0 : u < limits[1] ? 1 : u < limits[2] ? 2 : NOTHING;
  }
}
