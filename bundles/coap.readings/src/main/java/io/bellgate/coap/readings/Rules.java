package io.bellgate.coap.readings;

import java.util.Set;

/**
 * What the configuration says of those who ask.
 *
 * @param readers who may read what
 * @param ingresses how a node may reach the gateway to read
 * @param maxAgeSeconds how long an answer holds
 */
record Rules(Readers readers, Set<String> ingresses, int maxAgeSeconds) {
  private static final Set<String> KNOWN = Set.of("none", "DTLS-PSK", "OSCORE");
  private static final int MOST_SECONDS = 86_400;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException with code BG-READ-006
   */
  Rules {
    ingresses = Set.copyOf(ingresses);
    if (!KNOWN.containsAll(ingresses)) {
      throw new IllegalArgumentException(
          "BG-READ-006 node.ingress holds none, DTLS-PSK, OSCORE: value=" + ingresses);
    }
    if (maxAgeSeconds < 1 || maxAgeSeconds > MOST_SECONDS) {
      throw new IllegalArgumentException(
          "BG-READ-006 max.age.seconds is 1 to " + MOST_SECONDS + ": value=" + maxAgeSeconds);
    }
  }
}
