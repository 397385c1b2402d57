package io.bellgate.api.keys;

import io.bellgate.api.bits.Secret;
import java.util.List;
import java.util.Objects;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Makes one key of one or several, such that it is safe while any of them is: the only place where
 * keys of different origins meet. A pure function; thread safe.
 *
 * <p>HKDF with SHA-256 (RFC 5869). {@code part(x)} is the length of x in 4 octets, big-endian, and
 * x; texts are UTF-8:
 *
 * <pre>
 * PRK        = Extract(salt = "bellgate combine 1", IKM = part(key) of each key in the order given)
 * info       = number of keys in 4 octets, big-endian | part(key ID) of each key, {@link KeyId#toString}
 *              | part(suite) | part(sender) | part(receiver) | part(purpose)
 *              | part(epoch, in decimal)
 * key        = Expand(PRK, info | 0x01, 32)
 * commitment = Expand(PRK, info | 0x02, 32)
 * </pre>
 *
 * <p>In the style of CatKDF (ETSI TS 103 744): HKDF-Extract over the concatenation keeps as long as
 * one input is unknown, under the assumption that HMAC-SHA-256 is a dual PRF. Every part after its
 * length: no two lists of parts give the same octets.
 */
@ProviderType
public interface KeyCombiner {
  /**
   * Combines.
   *
   * @param context what the result is bound to
   * @param keys one to four, in the order that both ends use; lent for the call, not destroyed
   * @return a key and a commitment to it, which the caller owns
   * @throws IllegalArgumentException if there are no keys or too many
   */
  Combined combine(Context context, List<Key> keys);

  /**
   * What a combined key is bound to: any difference gives an unrelated key.
   *
   * @param suite what it will be used with, for example {@code qkd+pqc}
   * @param sender the site that protects with it
   * @param receiver the site that opens with it
   * @param purpose a short word
   * @param epoch the sender's policy epoch
   */
  record Context(String suite, String sender, String receiver, String purpose, long epoch) {
    /**
     * Checks that nothing is null.
     *
     * @param suite as above
     * @param sender as above
     * @param receiver as above
     * @param purpose as above
     * @param epoch as above
     * @throws NullPointerException if anything is null
     */
    public Context {
      Objects.requireNonNull(suite, "suite");
      Objects.requireNonNull(sender, "sender");
      Objects.requireNonNull(receiver, "receiver");
      Objects.requireNonNull(purpose, "purpose");
    }
  }

  /**
   * The result.
   *
   * @param key 32 octets, which the caller owns and destroys
   * @param commitment 32 octets, not secret: no other key has it (collision resistance of SHA-256)
   */
  record Combined(Secret key, byte[] commitment) {}
}
