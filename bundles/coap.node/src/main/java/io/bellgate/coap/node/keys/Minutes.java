package io.bellgate.coap.node.keys;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Minutes since 2026. Numbers that must not be used twice under a key begin no lower: so a data
 * folder that was brought back from a copy does not repeat them, where there is a clock. Stateless.
 */
public final class Minutes {
  private static final long BEGIN_SECONDS = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

  private Minutes() {}

  /** How many have passed. */
  public static long of(InstantSource clock) {
    return (clock.instant().getEpochSecond() - BEGIN_SECONDS) / 60;
  }
}
