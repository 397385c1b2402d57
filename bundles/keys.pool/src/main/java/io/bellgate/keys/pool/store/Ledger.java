package io.bellgate.keys.pool.store;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Blocks and what of them is used, in a journal. Its one thread is the {@link StorageThread};
 * nothing is durable before {@link #commit} returned.
 *
 * <p>The journal is written anew when most of it is past, and after at most {@link #MOST_USED}
 * chunks (or an eighth of what is held) were used: under a fresh wrapping key, without them. Until
 * then a used key can be read by whoever has the disk and the key file.
 */
public final class Ledger {
  /** So many used chunks stay readable at most, or an eighth of all. */
  static final int MOST_USED = 128;

  private static final long SMALL_OCTETS = 1 << 16;

  private final Surroundings around;
  private final Book book;
  private final Keys keys;
  private final Marks marks;
  private final Leases leases;
  private final Journal journal;
  private final Keyring keyring;

  /**
   * Reads the journal, or makes an empty one; begins a run, or goes on with the one carried over.
   *
   * @throws IOException if it cannot be read or is damaged
   * @throws IllegalStateException if there are blocks but not their wrapping key
   */
  Ledger(Place place, Surroundings around) throws IOException {
    this.around = around;
    this.book = new Book(place.site(), new Stocks(around.levels()));
    this.keys = new Keys(this, book, around);
    this.marks = new Marks(book);
    this.leases = new Leases(book, around.clock());
    this.keyring = new Keyring(around.disk(), place.keyFile(), around.random());
    this.journal = open(place);
    try {
      keyring.settle(book.generation(), !book.isEmpty());
      begin();
    } catch (IOException | RuntimeException failed) {
      journal.close();
      throw failed;
    }
  }

  private Journal open(Place place) throws IOException {
    try {
      return new Journal(
          around.disk(),
          place.store(),
          place.fsync(),
          (payload, position) -> {
            Entries.read(payload, position, book);
            book.frameRead();
          });
    } catch (Journal.Damaged damaged) {
      throw new IOException(
          damaged.getMessage()
              + "; what was used is not known, remove the file and lose the keys in it",
          damaged);
    }
  }

  private void begin() throws IOException {
    book.stocks.begin();
    Optional<Carried> carried = around.carried().filter(c -> book.runs.isCurrent(c.incarnation()));
    if (carried.isPresent()) {
      leases.resume(carried.get());
    } else {
      ByteBuffer id = ByteBuffer.wrap(around.disk().salt());
      book.begin(new UUID(id.getLong(), id.getLong()));
    }
    commit();
  }

  /** All that is known, for tests that look inside. */
  Book book() {
    return book;
  }

  /** Deposits, takes and the rest of the pool's contract. */
  public Keys keys() {
    return keys;
  }

  /** What the hellos of two ends agree on. */
  public Marks marks() {
    return marks;
  }

  /** What is used ahead, and what changes hands. */
  public Leases leases() {
    return leases;
  }

  /** Counts changes to be committed: a caller whose call raised it waits for the commit. */
  long changes() {
    return book.changes();
  }

  /** Makes all changes durable: against a kill, and with fsync against a power cut. */
  void commit() throws IOException {
    if (!book.pending().isEmpty()) {
      book.committed(journal.commit(book.pending().octets()));
      compact();
    }
  }

  private void compact() throws IOException {
    long live = book.liveOctets();
    boolean large = journal.size() > 2 * live + SMALL_OCTETS;
    boolean used = book.usedSinceRewrite() >= Math.max(MOST_USED, live / Seal.SEALED_OCTETS / 8);
    if ((large || used) && (keyring.canTurn() || !keyring.present())) {
      rewrite();
    }
  }

  /** Leaves out what is gone: the file stays small, and used key is readable no more. */
  private void rewrite() throws IOException {
    Seal before = keyring.seal();
    Seal after = keyring.present() ? keyring.turn() : null;
    Entries all =
        book.snapshot(
            keyring.generation(),
            block ->
                before.reseal(
                    after,
                    block.headerOctets,
                    sealed(block, 0, block.header.chunks()),
                    block.used));
    AtomicLong position = new AtomicLong();
    journal.rewrite(frames -> position.set(frames.append(all.octets())));
    book.rewritten(all, position.get());
    keyring.retire();
  }

  List<KeyPool.Stock> stocks() {
    return book.stocks.stocks(around.clock().millis());
  }

  Map<String, Set<KeyOrigin>> takeableOrigins() {
    return book.stocks.takeable();
  }

  long nextExpiryMillis() {
    return book.nextExpiryMillis();
  }

  boolean hasWrappingKey() {
    return keyring.present();
  }

  long wrappingKeyGeneration() {
    return keyring.generation();
  }

  /** Wipes what has expired. */
  void sweep() {
    book.sweep(around.clock().millis());
  }

  /** Sealed chunks of a block. */
  byte[] sealed(Block block, int first, int count) throws IOException {
    int from = first * Seal.SEALED_OCTETS;
    int length = count * Seal.SEALED_OCTETS;
    return block.position() < 0
        ? book.pending().record(block, 2 + block.headerOctets.length + from, length)
        : journal.read(block.position() + from, length);
  }

  Keyring keyring() {
    return keyring;
  }

  /**
   * Ends.
   *
   * @param clean whether this run ends here; else it is carried on, or was cut off
   */
  void close(boolean clean) throws IOException {
    try {
      if (clean) {
        book.close();
        journal.commit(book.pending().octets());
      }
    } finally {
      keyring.destroy();
      journal.close();
    }
  }
}
