package io.bellgate.api.keys;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The key manager's store. Producers deposit blocks, consumers take keys, a key is given out once.
 *
 * <p><b>Confirmation.</b> A deposited block is not takeable until {@link #confirm} was called for
 * it, which its producer does once the peer's authenticated word is there that the peer holds the
 * block too. Unconfirmed blocks are confirmed or wiped by ID at the next connection.
 *
 * <p><b>Ownership.</b> A block is cut into chunks of {@link #CHUNK_OCTETS}. Chunk i belongs to the
 * site with the lower ID if i is even, else to the other. {@link #take} gives out own chunks,
 * {@link #reserve} the peer's: two ends never take the same octets without asking each other.
 * Ownership moves only by a durable, acknowledged give-away between the two pools, the giver first.
 *
 * <p><b>Durability.</b> What was taken or committed is recorded power-durably before the method
 * returns. State only moves forward: it is in no rollback image. What an end takes lies inside a
 * range that the peer's pool has witnessed durably since this end started; so a store that was
 * restored from a copy is found out at the next connection, and nothing of it is used again: its
 * unused keys are discarded on both ends.
 *
 * <p><b>Reserves.</b> What is short goes to what needs it most: see {@link Purpose}.
 *
 * <p>Thread safe. Methods may block for one write to storage. In the gap of a swap they throw
 * {@link io.bellgate.api.ops.Gone}.
 */
@ProviderType
public interface KeyPool {
  /** Octets of a chunk, the unit of ownership: 32 (256 bits). */
  int CHUNK_OCTETS = 32;

  /** The most octets of one key: 32,768. */
  int MAX_KEY_OCTETS = 32_768;

  /**
   * Deposits a block, unconfirmed. Depositing the same ID again does nothing.
   *
   * @param block copied; the caller keeps and destroys its own octets
   * @throws IllegalArgumentException if the origin is simulated and the gateway is not in lab mode
   */
  void deposit(KeyBlock block);

  /**
   * Makes a block takeable: the peer's authenticated confirmation has arrived.
   *
   * @param peer the site at the other end
   * @param block the block's ID
   * @return false if no such block of that peer is held; an already confirmed one gives true
   */
  boolean confirm(String peer, UUID block);

  /**
   * Wipes a block that was not confirmed. Confirmed blocks are left alone.
   *
   * @param peer the site at the other end
   * @param block the block's ID
   */
  void discard(String peer, UUID block);

  /**
   * Blocks deposited and not yet confirmed, oldest first: to be resolved with the peer at a new
   * connection.
   *
   * @param peer the site at the other end
   * @return their IDs
   */
  List<UUID> unconfirmed(String peer);

  /**
   * Takes a key out, for good: from the oldest block that has it in one piece. All or nothing.
   *
   * @param peer the site at the other end
   * @param purpose what for; decides how much has to be left for others
   * @param octets length of the key: a multiple of {@link #CHUNK_OCTETS}, at most {@link
   *     #MAX_KEY_OCTETS}
   * @param acceptable which origins will do
   * @return the key, which the caller owns and destroys; empty if there is none now
   * @throws IllegalArgumentException if the length is not one
   */
  Optional<Key> take(String peer, Purpose purpose, int octets, Predicate<KeyOrigin> acceptable);

  /**
   * Looks at a key that the peer took, without consuming it: a forged ID burns nothing. A second
   * reservation of a key that is reserved gives empty.
   *
   * @param peer the site at the other end, as authenticated by the channel
   * @param id the peer's key
   * @return a reservation to commit or release; empty if the ID names nothing that the peer may
   *     have taken
   */
  Optional<Reservation> reserve(String peer, KeyId id);

  /**
   * What is in the pool.
   *
   * @return one entry per peer and kind of origin, in a stable order
   */
  List<Stock> stocks();

  /** A key of the peer's that is being verified. Not thread safe. */
  @ProviderType
  interface Reservation extends AutoCloseable {
    /**
     * The key. It belongs to the reservation until {@link #commit} and is destroyed by {@link
     * #close} without one.
     *
     * @return the key
     */
    Key key();

    /**
     * Consumes the key for good: the caller has verified something made with it. The caller owns
     * the key's secret now.
     */
    void commit();

    /** Gives the key back if it was not committed. */
    @Override
    void close();
  }

  /**
   * What keys are taken for, in rising order of need. A purpose leaves the reserves of the ones
   * after it untouched; how large they are is configured.
   */
  enum Purpose {
    /** One-time pads: only what is left over. */
    PAD,
    /** Keys that protect messages. */
    MESSAGE,
    /** Pre-shared keys of the channel between two gateways. */
    CHANNEL,
    /** One-time keys of tags on the classical channel: down to the last. */
    AUTHENTICATION
  }

  /** How a stock is doing, judged by what {@link #take} can give out. */
  enum State {
    /** As much as is wanted. */
    READY,
    /** Less than is wanted; still given out, but pads are not. */
    WARNING,
    /** It ran empty and fills again: no pads and message keys are given out until it is ready. */
    CHARGING,
    /** Nothing is left above the reserve for authentication. */
    EMPTY
  }

  /**
   * How much key there is.
   *
   * @param peer the site at the other end
   * @param origin the kind, and whether simulated
   * @param own octets that {@link #take} can give out
   * @param ownByOrigin the same by origin with attributes, for who wants certain ones
   * @param peers octets that the peer can take
   * @param unconfirmed octets waiting for confirmation
   * @param taken keys taken since the pool was opened
   * @param committed keys of the peer's committed since the pool was opened
   * @param state how it is doing
   * @param secondsToEmpty at the present rate of use; -1 if it is not getting less
   */
  record Stock(
      String peer,
      KeyOrigin origin,
      long own,
      Map<KeyOrigin, Long> ownByOrigin,
      long peers,
      long unconfirmed,
      long taken,
      long committed,
      State state,
      long secondsToEmpty) {

    /**
     * Copies the map.
     *
     * @param peer as above
     * @param origin as above
     * @param own as above
     * @param ownByOrigin as above
     * @param peers as above
     * @param unconfirmed as above
     * @param taken as above
     * @param committed as above
     * @param state as above
     * @param secondsToEmpty as above
     */
    public Stock {
      ownByOrigin = Map.copyOf(ownByOrigin);
    }

    /**
     * Octets of the origins that will do.
     *
     * @param acceptable which
     * @return what {@link #take} can give out of them
     */
    public long own(Predicate<KeyOrigin> acceptable) {
      return ownByOrigin.entrySet().stream()
          .filter(e -> acceptable.test(e.getKey()))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }

    /**
     * Whether a key for a purpose has a chance now, without taking it.
     *
     * @param purpose what for
     * @return false if the state keeps it for others
     */
    public boolean gives(Purpose purpose) {
      return switch (purpose) {
        case PAD -> state == State.READY;
        case MESSAGE -> state == State.READY || state == State.WARNING;
        case CHANNEL -> state != State.EMPTY;
        case AUTHENTICATION -> own >= CHUNK_OCTETS;
      };
    }
  }
}
