package io.bellgate.coap.node.renewal;

import io.bellgate.api.keys.KeyOrigin.Kind;
import java.util.List;

/** Rules of a site, as shipped, and otherwise. */
public final class SomeRules {
  static final Intervals INTERVALS = new Intervals(List.of("0=604800", "1=86400", "2=86400"), 50);

  private SomeRules() {}

  public static Rules waiting() {
    return new Rules(60, "", List.of(Kind.QKD, Kind.PQC), false, false, INTERVALS, 64, 60);
  }

  public static Rules fallingBack() {
    return new Rules(60, "", List.of(Kind.QKD, Kind.PQC), false, true, INTERVALS, 64, 60);
  }

  static Rules of(String peer, boolean simulated, Kind... kinds) {
    return new Rules(60, peer, List.of(kinds), simulated, false, INTERVALS, 64, 60);
  }
}
