package io.bellgate.api.keys;

import io.bellgate.api.bits.Secret;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * A block of key octets that a producer deposits at both ends under one ID.
 *
 * @param id the same at both ends
 * @param peer the site at the other end
 * @param origin where it comes from
 * @param octets a multiple of {@link KeyPool#CHUNK_OCTETS}; the pool copies them, the producer
 *     destroys its own
 * @param timeToLive after this the pool wipes what is left of it
 */
public record KeyBlock(UUID id, String peer, KeyOrigin origin, Secret octets, Duration timeToLive) {

  /**
   * Checks the length.
   *
   * @param id as above
   * @param peer as above
   * @param origin as above
   * @param octets as above
   * @param timeToLive as above
   * @throws IllegalArgumentException if the octets are no multiple of the chunk, or the time to
   *     live is not positive
   */
  public KeyBlock {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(peer, "peer");
    Objects.requireNonNull(origin, "origin");
    if (octets.length() % KeyPool.CHUNK_OCTETS != 0) {
      throw new IllegalArgumentException(
          "a block is a multiple of "
              + KeyPool.CHUNK_OCTETS
              + " octets: octets="
              + octets.length());
    }
    if (timeToLive.isNegative() || timeToLive.isZero()) {
      throw new IllegalArgumentException(
          "a block lives longer than zero: timeToLive=" + timeToLive);
    }
  }
}
