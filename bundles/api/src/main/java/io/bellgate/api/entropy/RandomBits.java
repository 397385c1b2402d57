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
   * @throws EntropyFailure if the source failed its health tests; nothing is returned then
   */
  Secret draw(int octets);

  /**
   * Fills an array that is not secret (a nonce, a padding, a jitter).
   *
   * @param octets filled completely
   * @throws EntropyFailure if the source failed its health tests
   */
  void fill(byte[] octets);

  /**
   * Where the bits come from, in words an operator can check, for example {@code
   * os:NativePRNGNonBlocking}. It claims no more than is known.
   *
   * @return the name of the source
   */
  String source();
}
