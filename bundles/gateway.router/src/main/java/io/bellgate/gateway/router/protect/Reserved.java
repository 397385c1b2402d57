package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys that a message names, all reserved in the pool: consumed together, or given back. */
final class Reserved implements AutoCloseable {
  private final List<KeyPool.Reservation> reservations = new ArrayList<>();

  private Reserved() {}

  /**
   * Reserves them.
   *
   * @return empty if one is not known; none is reserved then
   */
  static Optional<Reserved> of(KeyPool pool, String peer, List<KeyId> ids) {
    Reserved reserved = new Reserved();
    boolean all = false;
    try {
      all = ids.stream().allMatch(id -> reserved.add(pool.reserve(peer, id)));
    } finally {
      if (!all) {
        reserved.close();
      }
    }
    return all ? Optional.of(reserved) : Optional.empty();
  }

  private boolean add(Optional<KeyPool.Reservation> reservation) {
    reservation.ifPresent(reservations::add);
    return reservation.isPresent();
  }

  /** In the order of the IDs. */
  List<Key> keys() {
    return reservations.stream().map(KeyPool.Reservation::key).toList();
  }

  /** Consumes all, and destroys them. */
  void commit() {
    for (KeyPool.Reservation reservation : reservations) {
      reservation.commit();
      reservation.key().secret().destroy();
    }
  }

  /** Gives back what was not committed. */
  @Override
  public void close() {
    RuntimeException failed = null;
    for (KeyPool.Reservation reservation : reservations) {
      try {
        reservation.close();
      } catch (RuntimeException e) {
        failed = e; // the others are given back all the same
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
