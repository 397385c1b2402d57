package io.bellgate.coap.node.renewal;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyOrigin.Kind;
import java.util.List;
import java.util.function.Predicate;

/**
 * How a site wants the keys of its nodes to be renewed.
 *
 * @param overlapSeconds a key is accepted so long after the next one was first used
 * @param peer whose stock keys of the pool are taken from; empty for the best one
 * @param kinds kinds of keys that will do, best first
 * @param simulated whether simulated ones will do, too
 * @param fallBack whether a node that asks for a key of the pool is given one without, if there is
 *     none
 * @param intervals when nodes are to ask again
 * @param mostEnrolments that wait for a node's word at a time
 * @param enrolSeconds how long one waits
 */
public record Rules(
    long overlapSeconds,
    String peer,
    List<Kind> kinds,
    boolean simulated,
    boolean fallBack,
    Intervals intervals,
    int mostEnrolments,
    long enrolSeconds) {
  private static final int MOST_ENROLMENTS = 10_000;
  private static final int MOST_ENROL_SECONDS = 3_600;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException with BG-COAP-029 if a kind is neither QKD nor PQC: a key that
   *     a quantum computer breaks, or that is for authentication only, protects no node; with
   *     BG-COAP-027 if enrolments are not bounded
   */
  public Rules {
    kinds = List.copyOf(kinds);
    if (mostEnrolments < 1
        || mostEnrolments > MOST_ENROLMENTS
        || enrolSeconds < 2
        || enrolSeconds > MOST_ENROL_SECONDS) {
      throw new IllegalArgumentException(
          "BG-COAP-027 enrol.pending is 1 to "
              + MOST_ENROLMENTS
              + ", enrol.seconds 2 to "
              + MOST_ENROL_SECONDS
              + ": value="
              + mostEnrolments
              + ", "
              + enrolSeconds);
    }
    if (kinds.isEmpty() || !List.of(Kind.QKD, Kind.PQC).containsAll(kinds)) {
      throw new IllegalArgumentException(
          "BG-COAP-029 rotation.origins holds QKD, PQC or both: value=" + kinds);
    }
  }

  /** What a setting says. */
  public static List<Kind> kinds(String... words) {
    try {
      return List.of(words).stream().map(Kind::valueOf).toList();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "BG-COAP-029 rotation.origins holds QKD, PQC or both: value=" + List.of(words), e);
    }
  }

  /** Which keys of the pool will do. */
  Predicate<KeyOrigin> acceptable() {
    return origin -> kinds.contains(origin.kind()) && (simulated || !origin.simulated());
  }

  /** Of one kind. */
  Predicate<KeyOrigin> acceptable(Kind kind) {
    return acceptable().and(origin -> origin.kind() == kind);
  }
}
