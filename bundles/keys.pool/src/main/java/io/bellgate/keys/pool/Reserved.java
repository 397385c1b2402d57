package io.bellgate.keys.pool;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.keys.pool.store.Storage;

/** A reservation; it stays inside the gate until it is committed or closed. */
final class Reserved implements KeyPool.Reservation {
  private final Storage storage;
  private final Gate gate;
  private final String peer;
  private final Key key;
  private boolean over;

  /** Leaves the gate that the caller has entered. */
  Reserved(Storage storage, Gate gate, String peer, Key key) {
    this.storage = storage;
    this.gate = gate;
    this.peer = peer;
    this.key = key;
  }

  @Override
  public Key key() {
    return key;
  }

  @Override
  public void commit() {
    if (over) {
      throw new IllegalStateException("a reservation is committed once: key=" + key.id());
    }
    storage.run(ledger -> ledger.keys().commitReserved(peer, key.id()));
    over = true;
    gate.leave();
  }

  @Override
  public void close() {
    if (over) {
      return;
    }
    over = true;
    key.secret().destroy();
    try {
      storage.run(ledger -> ledger.keys().release(peer, key.id()));
    } finally {
      gate.leave();
    }
  }
}
