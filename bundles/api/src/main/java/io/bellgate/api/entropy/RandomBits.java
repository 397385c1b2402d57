package io.bellgate.api.entropy;

import io.bellgate.api.bits.Secret;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The only source of random bits for every other bundle. Thread safe; does not block beyond the
 * time its noise source takes.
 */
@ProviderType
public interface RandomBits {
  /**
   * Draws random octets.
   *
   * @param octets how many, 1 to 65,536
   * @return a secret that the caller owns
   * @throws IllegalArgumentException if {@code octets} is out of range
   * @throws EntropyFailure if no source that is allowed is healthy; nothing is returned then
   */
  Secret draw(int octets);

  /**
   * Draws random octets as good as can be had now, and says how good they are: full entropy where a
   * physical source gives it, else what {@link #draw} gives.
   *
   * @param octets how many, 1 to 65,536
   * @return the octets, which the caller owns, and where they come from
   * @throws IllegalArgumentException if {@code octets} is out of range
   * @throws EntropyFailure if no source that is allowed is healthy; nothing is returned then
   */
  Drawn drawBest(int octets);

  /**
   * Fills an array that is not secret (a nonce, a padding, a jitter).
   *
   * @param octets filled completely
   * @throws EntropyFailure if no source that is allowed is healthy
   */
  void fill(byte[] octets);

  /**
   * Where {@link #draw} takes bits from now.
   *
   * @return what may be claimed of them
   * @throws EntropyFailure if no source that is allowed is healthy
   */
  Provenance provenance();

  /**
   * Octets and where they come from.
   *
   * @param secret the octets, which the caller owns
   * @param provenance what may be claimed of them
   */
  record Drawn(Secret secret, Provenance provenance) {}
}
