package io.bellgate.qkd.optics;

/**
 * An eavesdropper at Alice's door. Simulated. She intercepts a fraction of the pulses, measures
 * each without loss in one of the two bases at random, and sends on as many photons as came in the
 * state that she found (Bennett and Brassard 1984). Where her basis is wrong, half of Bob's bits
 * are: QBER = fraction/4.
 *
 * @param fraction of the pulses, in [0,1]; 0 is nobody
 */
record Eve(double fraction) {
  static final Eve NONE = new Eve(0);

  Eve {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(
          "BG-OPTICS-008 a fraction is in its range: fraction=" + fraction + " least=0 most=1");
    }
  }

  String model() {
    return fraction == 0 ? "none" : "intercept-resend";
  }

  /**
   * Whether she intercepts.
   *
   * @param draw 64 random bits of this pulse, of which this takes the upper 53
   */
  boolean intercepts(long draw) {
    return (draw >>> 11) * 0x1p-53 < fraction;
  }

  /**
   * The state she sends on.
   *
   * @param alice the setting that came
   * @param draw of this pulse; bit 1 is her basis, bit 0 what she finds in the wrong one
   */
  static int resent(int alice, long draw) {
    return alice >> 1 == (draw >> 1 & 1) ? alice : (int) (draw & 3);
  }
}
