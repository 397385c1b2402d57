package io.bellgate.api.ops;

import io.bellgate.api.bits.Secret;
import java.util.Objects;

/**
 * What a component leaves to its successor. Wiped when the successor has read it or the swap is
 * over.
 *
 * @param component the symbolic name of the bundle it belongs to
 * @param format which format it is written in, from 1
 * @param state in that format; treated as secret throughout
 */
public record Parked(String component, int format, Secret state) {
  /**
   * Checks the format.
   *
   * @param component as above
   * @param format as above
   * @param state as above
   * @throws IllegalArgumentException if the format is below 1
   */
  public Parked {
    Objects.requireNonNull(component, "component");
    Objects.requireNonNull(state, "state");
    if (format < 1) {
      throw new IllegalArgumentException("a format is at least 1: format=" + format);
    }
  }
}
