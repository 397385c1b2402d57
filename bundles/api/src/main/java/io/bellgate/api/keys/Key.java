package io.bellgate.api.keys;

import io.bellgate.api.bits.Secret;
import java.util.Objects;

/**
 * A key that was given out, once.
 *
 * @param id its name at both ends
 * @param origin where it comes from
 * @param secret its octets, which the taker owns and destroys
 */
public record Key(KeyId id, KeyOrigin origin, Secret secret) {
  /**
   * Checks that nothing is null.
   *
   * @param id as above
   * @param origin as above
   * @param secret as above
   * @throws NullPointerException if anything is null
   */
  public Key {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(secret, "secret");
  }
}
