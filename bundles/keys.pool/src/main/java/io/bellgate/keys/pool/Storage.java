package io.bellgate.keys.pool;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.journal.Disk;
import io.bellgate.journal.FolderLock;
import io.bellgate.journal.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** An open store: its thread, its wrapping key, and what it published last. Thread safe. */
final class Storage {
  private final Place place;
  private final Clock clock;
  private final FolderLock lock;
  private final StorageThread thread;
  private Seal seal;
  private volatile List<KeyPool.Stock> stocks;
  private volatile Map<String, Set<KeyOrigin>> takeable;
  private volatile long nextExpiryMillis;

  /**
   * Opens the store, or makes an empty one.
   *
   * @throws IOException if a file cannot be read or is open to others
   * @throws IllegalStateException if there are blocks but no wrapping key
   */
  Storage(Place place, Clock clock) throws IOException {
    this.place = place;
    this.clock = clock;
    OwnerOnly.folder(place.folder());
    this.lock = new FolderLock(place.folder().resolve("pool.lock"));
    try {
      this.thread = open();
    } catch (IOException | RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  private StorageThread open() throws IOException {
    if (Files.exists(place.keyFile())) {
      seal = new Seal(Secret.absorb(OwnerOnlyFile.read(place.keyFile())));
    }
    Ledger ledger = new Ledger(Disk.FILES, place.store(), place.site(), place.fsync(), clock);
    if (seal == null && !ledger.isEmpty()) {
      ledger.close();
      throw new IllegalStateException(
          "a pool opens with its wrapping key only: missing="
              + place.keyFile()
              + "; restore it, or remove "
              + place.store()
              + " and lose the keys in it");
    }
    publish(ledger);
    return new StorageThread(ledger, this::publish);
  }

  private void publish(Ledger ledger) {
    stocks = ledger.stocks();
    takeable = ledger.takeableOrigins();
    nextExpiryMillis = ledger.nextExpiryMillis();
  }

  Place place() {
    return place;
  }

  String failure() {
    return thread.failure();
  }

  <T> T call(Function<Ledger, T> work) {
    return thread.call(work);
  }

  List<KeyPool.Stock> stocks() {
    sweep();
    return stocks;
  }

  /** The stocks as published last; does not block. */
  List<KeyPool.Stock> lastStocks() {
    return stocks;
  }

  /** Origins of which there is key to take, with their attributes. */
  Set<KeyOrigin> takeable(String peer) {
    sweep();
    return takeable.getOrDefault(peer, Set.of());
  }

  private void sweep() {
    if (clock.millis() >= nextExpiryMillis) {
      call(
          ledger -> {
            ledger.sweep();
            return null;
          });
    }
  }

  /** The seal; there is one wherever there is a block. */
  synchronized Seal seal() {
    return seal;
  }

  /**
   * The seal, made if there is none yet.
   *
   * @throws IllegalStateException if the wrapping key cannot be written
   */
  synchronized Seal seal(RandomBits random) {
    if (seal == null) {
      Secret key = random.draw(32);
      try {
        byte[] octets = key.lend(byte[]::clone);
        OwnerOnlyFile.write(place.keyFile(), octets);
        java.util.Arrays.fill(octets, (byte) 0);
      } catch (IOException failed) {
        key.destroy();
        throw new IllegalStateException(
            "a pool needs a place for its wrapping key: file=" + place.keyFile(), failed);
      }
      seal = new Seal(key);
    }
    return seal;
  }

  void close() {
    thread.stop();
    try {
      lock.close();
    } catch (IOException harmless) {
      System.getLogger(Storage.class.getName())
          .log(System.Logger.Level.DEBUG, "closing the lock", harmless);
    }
    Seal last = seal();
    if (last != null) {
      last.destroy();
    }
  }
}
