package io.bellgate.api.message;

import java.util.Map;
import java.util.Objects;

/**
 * A message on its last step, with the evidence of how it came.
 *
 * @param number rises by one per delivery at this gateway, across restarts
 * @param message the message
 * @param site the site whose gateway accepted it
 * @param evidence how it was protected on the way: {@code rule}, {@code protection}, {@code key},
 *     {@code origin}, {@code epoch}; never secret
 */
public record Delivery(long number, Message message, String site, Map<String, String> evidence) {
  /**
   * Copies the evidence.
   *
   * @param number as above
   * @param message as above
   * @param site as above
   * @param evidence as above
   * @throws NullPointerException if anything is null
   */
  public Delivery {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(site, "site");
    evidence = Map.copyOf(evidence);
  }
}
