package io.bellgate.keys.pool.store;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.files.FolderLock;
import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** An open store: its thread, and what it published last. Thread safe. */
public final class Storage {
  private final Place place;
  private final Surroundings around;
  private final Runnable changed;
  private final FolderLock lock;
  private final StorageThread thread;
  private volatile List<KeyPool.Stock> stocks;
  private volatile Map<String, Set<KeyOrigin>> takeable;
  private volatile long nextExpiryMillis;
  private volatile long wrappingKeyGeneration = -1;

  /**
   * Opens the store, or makes an empty one.
   *
   * @param changed called after each commit, on the storage thread; returns at once
   * @throws IOException if a file cannot be read or is open to others
   * @throws IllegalStateException if there are blocks but no wrapping key
   */
  public Storage(Place place, Surroundings around, Runnable changed) throws IOException {
    this.place = place;
    this.around = around;
    this.changed = changed;
    OwnerOnly.folder(place.folder());
    this.lock = new FolderLock(place.folder().resolve("pool.lock"));
    try {
      Ledger ledger = new Ledger(place, around);
      publish(ledger);
      this.thread = new StorageThread(ledger, this::committed);
    } catch (IOException | RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  private void committed(Ledger ledger) {
    publish(ledger);
    changed.run();
  }

  private void publish(Ledger ledger) {
    stocks = ledger.stocks();
    takeable = ledger.takeableOrigins();
    nextExpiryMillis = ledger.nextExpiryMillis();
    wrappingKeyGeneration = ledger.hasWrappingKey() ? ledger.wrappingKeyGeneration() : -1;
  }

  /** Where it is. */
  public Place place() {
    return place;
  }

  /** Why storage stopped, or an empty string. */
  public String failure() {
    return thread.failure();
  }

  /**
   * Runs work on the storage thread and waits until its changes are durable.
   *
   * @throws IllegalStateException if storage failed or has stopped
   */
  public <T> T call(Function<Ledger, T> work) {
    return thread.call(work);
  }

  /** The same for work without a result. */
  public void run(Consumer<Ledger> work) {
    call(
        ledger -> {
          work.accept(ledger);
          return null;
        });
  }

  /** What there is, expired key left out. */
  public List<KeyPool.Stock> stocks() {
    sweep();
    return stocks;
  }

  /** The stocks as published last; does not block. */
  public List<KeyPool.Stock> lastStocks() {
    return stocks;
  }

  /** Origins of which there is key to take, with their attributes. */
  public Set<KeyOrigin> takeable(String peer) {
    sweep();
    return takeable.getOrDefault(peer, Set.of());
  }

  private void sweep() {
    if (around.clock().millis() >= nextExpiryMillis) {
      run(Ledger::sweep);
    }
  }

  /** For status: where the wrapping key is, and who can read it. */
  public String wrappingKey() {
    try {
      return wrappingKeyGeneration < 0 ? "none yet" : OwnerOnly.protection(place.keyFile());
    } catch (IOException unreadable) {
      return "file cannot be read";
    }
  }

  /** Counts rewrites; -1 if there is no wrapping key yet. */
  public long wrappingKeyGeneration() {
    return wrappingKeyGeneration;
  }

  /**
   * Closes the files.
   *
   * @param runEnds whether the run ends here as it should; else a successor goes on with it, or it
   *     counts as cut off
   */
  public void close(boolean runEnds) {
    thread.stop(runEnds);
    try {
      lock.close();
    } catch (IOException harmless) {
      System.getLogger(Storage.class.getName())
          .log(System.Logger.Level.DEBUG, "closing the lock", harmless);
    }
  }
}
