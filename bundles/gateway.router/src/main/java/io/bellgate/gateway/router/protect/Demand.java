package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.keys.KeyPool.Purpose;
import io.bellgate.api.policy.Protection;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a protection demands of keys: the only place that says which origins meet it. Sender and
 * receiver both ask here. A classical key meets no demand but {@code classical}, and a pre-shared
 * one meets none.
 *
 * @param purpose what the keys are taken for
 * @param positions one for each key, in the order on the wire
 */
record Demand(Purpose purpose, List<Position> positions) {

  /**
   * One key.
   *
   * @param kind no other kind is accepted; producers of it are asked when there is none
   * @param also what the origin has to be beside
   */
  record Position(Kind kind, Predicate<KeyOrigin> also) {
    boolean accepts(KeyOrigin origin) {
      return origin.kind() == kind && also.test(origin);
    }
  }

  static Demand of(Protection protection) {
    return switch (protection) {
      case OTP_FULL -> pads(o -> !o.relayed() && o.fullEntropy());
      case OTP -> pads(o -> !o.relayed());
      case QKD_PQC -> messages(any(Kind.QKD), any(Kind.PQC));
      case QKD -> messages(any(Kind.QKD));
      case PQC -> messages(any(Kind.PQC));
      case PQC_PURE ->
          messages(
              new Position(Kind.PQC, o -> "false".equals(o.attributes().get(KeyOrigin.HYBRID))));
      case CLASSICAL -> messages(any(Kind.CLASSICAL));
    };
  }

  private static Demand pads(Predicate<KeyOrigin> also) {
    return new Demand(Purpose.PAD, List.of(new Position(Kind.QKD, also)));
  }

  private static Demand messages(Position... positions) {
    return new Demand(Purpose.MESSAGE, List.of(positions));
  }

  private static Position any(Kind kind) {
    return new Position(kind, o -> true);
  }
}
