package io.bellgate.gateway.router.protect;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.policy.Protection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The pool keys of one derived key. What was taken stays here until it was used, so that neither a
 * shortage nor a swap between two takes burns anything. One thread gathers and uses; any may look.
 */
final class KeyParts {
  private final Demand demand;
  private final AtomicReferenceArray<Key> taken;

  KeyParts(Protection protection) {
    demand = Demand.of(protection);
    taken = new AtomicReferenceArray<>(demand.positions().size());
  }

  /**
   * Takes what is missing. The last position first: a PQC key can be made at any time, a QKD key is
   * taken once the PQC key is there.
   *
   * @return the kind of key there is none of now; empty if all are there
   */
  Optional<KeyOrigin.Kind> gather(KeyPool pool, String peer) {
    Optional<KeyOrigin.Kind> lacking = taken.length() > 1 ? lacking(pool, peer) : Optional.empty();
    for (int i = taken.length() - 1; i >= 0 && lacking.isEmpty(); i--) {
      if (taken.get(i) == null) {
        Demand.Position position = demand.positions().get(i);
        Optional<Key> key =
            pool.take(peer, demand.purpose(), KeyPool.CHUNK_OCTETS, position::accepts);
        taken.set(i, key.orElse(null));
        lacking = key.isEmpty() ? Optional.of(position.kind()) : Optional.empty();
      }
    }
    return lacking;
  }

  /** The kind of a missing key that the pool's stocks do not give. */
  Optional<KeyOrigin.Kind> lacking(KeyPool pool, String peer) {
    List<KeyPool.Stock> stocks = pool.stocks();
    for (int i = 0; i < taken.length(); i++) {
      Demand.Position position = demand.positions().get(i);
      if (taken.get(i) == null
          && stocks.stream()
              .noneMatch(s -> gives(s, peer, demand, position, KeyPool.CHUNK_OCTETS))) {
        return Optional.of(position.kind());
      }
    }
    return Optional.empty();
  }

  static boolean gives(
      KeyPool.Stock stock, String peer, Demand demand, Demand.Position position, long octets) {
    return stock.peer().equals(peer)
        && stock.gives(demand.purpose())
        && stock.own(position::accepts) >= octets;
  }

  /** All keys, in order, to be lent; call {@link #used} once they were. */
  List<Key> all() {
    List<Key> all = new ArrayList<>();
    for (int i = 0; i < taken.length(); i++) {
      all.add(taken.get(i));
    }
    return List.copyOf(all);
  }

  /** Destroys what was taken. */
  void used() {
    for (int i = 0; i < taken.length(); i++) {
      Key key = taken.getAndSet(i, null);
      if (key != null) {
        key.secret().destroy();
      }
    }
  }
}
