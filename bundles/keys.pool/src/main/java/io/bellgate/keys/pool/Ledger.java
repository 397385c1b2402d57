package io.bellgate.keys.pool;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.journal.Disk;
import io.bellgate.journal.Journal;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Blocks, what of them is used, and which are gone. Its one thread is the {@link StorageThread};
 * nothing is durable before {@link #commit} returned. State only moves forward: a chunk that was
 * used is never free again, a block that is gone is remembered by ID.
 */
final class Ledger implements Closeable {
  /** IDs of gone blocks that are remembered; the oldest are forgotten. */
  static final int MOST_GONE = 16_384;

  private static final Comparator<Block> BY_EXPIRY =
      Comparator.<Block>comparingLong(b -> b.header.expiresAtMillis())
          .thenComparingLong(b -> b.number);
  private static final int LONGEST_MARGIN_MILLIS = 60_000;
  private static final long SMALL_OCTETS = 1 << 16;

  private final Journal journal;
  private final String site;
  private final Clock clock;
  private final Map<UUID, Block> blocks = new HashMap<>();
  private final Map<Long, Block> byNumber = new HashMap<>();
  private final LinkedHashSet<UUID> gone = new LinkedHashSet<>();
  private final Map<String, TreeMap<Long, Block>> takeable = new HashMap<>();
  private final TreeSet<Block> byExpiry = new TreeSet<>(BY_EXPIRY);
  private final Tally tally = new Tally();
  private Entries pending = new Entries();
  private long liveOctets;
  private long nextNumber;
  private long changes;

  /**
   * Reads the journal, or makes an empty one.
   *
   * @throws IOException if it cannot be read or is damaged
   */
  Ledger(Disk.Folder folder, Path file, String site, boolean fsync, Clock clock)
      throws IOException {
    this.site = site;
    this.clock = clock;
    this.journal = open(folder, file, fsync);
    compact();
  }

  private Journal open(Disk.Folder folder, Path file, boolean fsync) throws IOException {
    try {
      return new Journal(folder, file, fsync, this::replay);
    } catch (Journal.Damaged damaged) {
      throw new IOException(
          damaged.getMessage()
              + "; what was used is not known, remove the file and lose the keys in it",
          damaged);
    }
  }

  /** Applies one committed frame. */
  private void replay(byte[] payload, long position) throws IOException {
    Entries.read(
        payload,
        new Entries.Reader() {
          @Override
          public void deposit(long number, int offset, byte[] record) {
            Block.Header header = BlockCodec.header(BlockCodec.headerOf(record));
            Block block = new Block(number, header, site);
            block.place(position + offset, record.length);
            nextNumber = Math.max(nextNumber, number + 1);
            index(block);
          }

          @Override
          public void state(long number, byte[] state) {
            Block block = byNumber.get(number);
            unindex(block);
            block.confirmed = BlockCodec.confirmed(state);
            block.used.or(BlockCodec.used(state));
            index(block);
          }

          @Override
          public void gone(UUID id) {
            Block block = blocks.get(id);
            if (block != null) {
              unindex(block);
            }
            remember(id);
          }
        });
  }

  /** Counts changes to be committed: a caller whose call raised it waits for the commit. */
  long changes() {
    return changes;
  }

  /** Makes all changes durable: against a kill, and with fsync against a power cut. */
  void commit() throws IOException {
    if (!pending.isEmpty()) {
      long position = journal.commit(pending.octets());
      pending.deposits().forEach((block, offset) -> block.place(position + offset, -1));
      pending = new Entries();
      compact();
    }
  }

  /** Leaves out what is gone, so that the file stays small and used key leaves it. */
  private void compact() throws IOException {
    if (journal.size() > 2 * liveOctets + SMALL_OCTETS) {
      Entries all = new Entries();
      for (UUID id : gone) {
        all.gone(id);
      }
      for (Block block : new TreeMap<>(byNumber).values()) {
        all.deposit(block, block.record(journal));
        all.state(block);
      }
      AtomicLong position = new AtomicLong();
      journal.rewrite(frames -> position.set(frames.append(all.octets())));
      all.deposits().forEach((block, offset) -> block.place(position.get() + offset, -1));
    }
  }

  List<KeyPool.Stock> stocks() {
    return tally.stocks();
  }

  Map<String, Set<KeyOrigin>> takeableOrigins() {
    return tally.takeable();
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** When the next block expires, or the end of time. */
  long nextExpiryMillis() {
    return byExpiry.isEmpty() ? Long.MAX_VALUE : byExpiry.first().header.expiresAtMillis();
  }

  void deposit(KeyBlock block, Seal seal, byte[] salt) {
    sweep();
    if (blocks.containsKey(block.id()) || gone.contains(block.id())) {
      return;
    }
    long life = block.timeToLive().toMillis();
    long expiresAt = clock.millis() + life;
    int chunks = block.octets().length() / KeyPool.CHUNK_OCTETS;
    Block.Header header =
        new Block.Header(
            block.id(),
            block.peer(),
            block.origin(),
            chunks,
            expiresAt - Math.min(life / 10, LONGEST_MARGIN_MILLIS),
            expiresAt);
    byte[] octets = BlockCodec.header(header, salt);
    byte[] sealed = block.octets().lend(plain -> seal.seal(octets, plain));
    Block added = new Block(nextNumber++, header, site);
    byte[] record = BlockCodec.record(octets, sealed);
    added.place(-1, record.length);
    pending.deposit(added, record);
    changes++;
    index(added);
  }

  private void index(Block block) {
    blocks.put(block.header.id(), block);
    byNumber.put(block.number, block);
    liveOctets += block.recordOctets();
    byExpiry.add(block);
    tally.add(block);
    if (block.confirmed && block.nextOwn() >= 0) {
      takeable.computeIfAbsent(block.header.peer(), p -> new TreeMap<>()).put(block.number, block);
    }
  }

  private Optional<Block> find(String peer, UUID id) {
    sweep();
    return Optional.ofNullable(blocks.get(id)).filter(b -> b.header.peer().equals(peer));
  }

  boolean confirm(String peer, UUID id) {
    Optional<Block> found = find(peer, id);
    found
        .filter(b -> !b.confirmed)
        .ifPresent(
            block -> {
              unindex(block);
              block.confirmed = true;
              index(block);
              saveState(block);
            });
    return found.isPresent();
  }

  void discard(String peer, UUID id) {
    find(peer, id).filter(b -> !b.confirmed).ifPresent(this::remove);
  }

  List<UUID> unconfirmed(String peer) {
    sweep();
    return blocks.values().stream()
        .filter(b -> !b.confirmed && b.header.peer().equals(peer))
        .sorted(Comparator.comparingLong(b -> b.number))
        .map(b -> b.header.id())
        .toList();
  }

  Optional<Key> take(String peer, Set<KeyOrigin> acceptable, Seal seal) {
    sweep();
    long now = clock.millis();
    Optional<Block> found =
        takeable.getOrDefault(peer, new TreeMap<>()).values().stream()
            .filter(b -> b.header.takeUntilMillis() > now && acceptable.contains(b.header.origin()))
            .findFirst();
    return found.map(
        block -> {
          int chunk = block.nextOwn();
          byte[] record = record(block);
          use(block, chunk);
          tally.taken(block);
          return key(block, chunk, record, seal);
        });
  }

  Optional<Key> reserve(String peer, KeyId id, Seal seal) {
    return find(peer, id.block())
        .filter(b -> reservable(b, id))
        .map(
            block -> {
              int chunk = id.offset() / KeyPool.CHUNK_OCTETS;
              block.reserved.set(chunk);
              return key(block, chunk, record(block), seal);
            });
  }

  private static boolean reservable(Block block, KeyId id) {
    int chunk = id.offset() / KeyPool.CHUNK_OCTETS;
    return id.length() == KeyPool.CHUNK_OCTETS
        && id.offset() % KeyPool.CHUNK_OCTETS == 0
        && chunk < block.header.chunks()
        && !block.owns(chunk)
        && !block.used.get(chunk)
        && !block.reserved.get(chunk);
  }

  private byte[] record(Block block) {
    try {
      return pending.deposits().containsKey(block) ? pending.record(block) : block.record(journal);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Key key(Block block, int chunk, byte[] record, Seal seal) {
    KeyId id = new KeyId(block.header.id(), chunk * KeyPool.CHUNK_OCTETS, KeyPool.CHUNK_OCTETS);
    Secret secret = seal.open(BlockCodec.headerOf(record), BlockCodec.sealedOf(record), chunk);
    return new Key(id, block.header.origin(), secret);
  }

  /** Uses up a reserved key. A block that expired meanwhile took the key with it. */
  void commitReserved(KeyId id) {
    Block block = blocks.get(id.block());
    if (block != null) {
      use(block, id.offset() / KeyPool.CHUNK_OCTETS);
      tally.committed(block);
    }
  }

  void release(KeyId id) {
    Block block = blocks.get(id.block());
    if (block != null) {
      block.reserved.clear(id.offset() / KeyPool.CHUNK_OCTETS);
    }
  }

  private void use(Block block, int chunk) {
    unindex(block);
    block.used.set(chunk);
    block.reserved.clear(chunk);
    index(block);
    if (block.empty()) {
      remove(block);
    } else {
      saveState(block);
    }
  }

  private void saveState(Block block) {
    pending.state(block);
    changes++;
  }

  private void unindex(Block block) {
    blocks.remove(block.header.id());
    byNumber.remove(block.number);
    liveOctets -= block.recordOctets();
    byExpiry.remove(block);
    tally.subtract(block);
    takeable.getOrDefault(block.header.peer(), new TreeMap<>()).remove(block.number);
  }

  /** Wipes a block and remembers its ID. */
  private void remove(Block block) {
    unindex(block);
    pending.gone(block.header.id());
    remember(block.header.id());
    changes++;
  }

  private void remember(UUID id) {
    gone.remove(id);
    gone.add(id);
    if (gone.size() > MOST_GONE) {
      gone.remove(gone.iterator().next());
    }
  }

  /** Wipes what has expired. */
  void sweep() {
    long now = clock.millis();
    while (nextExpiryMillis() <= now) {
      remove(byExpiry.first());
    }
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
