package io.bellgate.api.keys;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Objects for a peer that is not connected: carried or stored by anybody, opened by that peer
 * alone, once.
 *
 * <p>HPKE (RFC 9180) with X-Wing in {@code mode_psk}: the pre-shared key is one from the pool, its
 * ID the key ID. So an object keeps its secret as long as the key from the pool, ML-KEM-768 or
 * X25519 holds, and comes from the peer that shares that key. A key is used for one object. It must
 * still be in the peer's pool when the object arrives: the life of the keys bounds the journey.
 * Thread safe.
 */
@ProviderType
public interface SealedObjects {
  /** The most octets of an object's content: 8,388,608. */
  int MAX_OCTETS = 8 << 20;

  /**
   * Seals. Consumes a key of 32 octets.
   *
   * @param peer for whom
   * @param content up to {@link #MAX_OCTETS}
   * @param info what both ends must agree on; not part of the object
   * @param acceptable which keys will do, for example only those of a quantum link
   * @return the object; empty if there is no such key now
   * @throws IllegalArgumentException if the peer is not trusted or the content is too long
   * @throws io.bellgate.api.crypto.NotAllowed if the registry refuses an algorithm
   */
  Optional<byte[]> seal(String peer, byte[] content, byte[] info, Predicate<KeyOrigin> acceptable);

  /**
   * Opens, once: what it was sealed with is consumed when the content has been kept. An object that
   * does not open, or that could not be kept, consumes nothing.
   *
   * @param object from outside
   * @param info as given to {@link #seal}
   * @param keeper is given what it holds, before the key is consumed
   * @throws IOException if the keeper does
   * @throws IllegalArgumentException if it is malformed, changed, opened before, for somebody else,
   *     from a peer that is not trusted, or if its key has expired
   * @throws io.bellgate.api.crypto.NotAllowed if the registry refuses an algorithm
   */
  void open(byte[] object, byte[] info, Keeper keeper) throws IOException;

  /** Brings what an object holds where it outlasts a crash. */
  @ConsumerType
  interface Keeper {
    /**
     * Keeps it, durably. It may be given the same object again, if the key could not be consumed.
     *
     * @param opened what was sealed
     * @throws IOException if it cannot: the object can be opened again
     */
    void keep(Opened opened) throws IOException;
  }

  /**
   * An object that was opened.
   *
   * @param peer who sealed it
   * @param content what it holds; the array is the caller's
   * @param origin of the key that it was sealed with
   */
  record Opened(String peer, byte[] content, KeyOrigin origin) {
    /** Names no content. */
    @Override
    public String toString() {
      return "Opened[" + peer + " octets=" + content.length + " " + origin + "]";
    }
  }
}
