package io.bellgate.keys.pool;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.nio.file.Path;
import java.time.Clock;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/**
 * Blocks, what of them is used, and which are gone. Its one thread is the {@link StorageThread};
 * nothing is durable before {@link #commit} returned. State only moves forward: a chunk that was
 * used is never free again, a block that is gone is remembered by ID.
 */
final class Ledger implements AutoCloseable {
  /** IDs of gone blocks that are remembered; the oldest are forgotten. */
  static final int MOST_GONE = 16_384;

  private static final Comparator<Block> BY_EXPIRY =
      Comparator.<Block>comparingLong(b -> b.header.expiresAtMillis())
          .thenComparingLong(b -> b.number);
  private static final int LONGEST_MARGIN_MILLIS = 60_000;

  private final MVStore store;
  private final MVMap<Long, byte[]> records;
  private final MVMap<Long, byte[]> states;
  private final MVMap<Long, byte[]> goneIds;
  private final boolean fsync;
  private final String site;
  private final Clock clock;
  private final Map<UUID, Block> blocks = new HashMap<>();
  private final Map<UUID, Long> gone = new HashMap<>();
  private final Map<String, TreeMap<Long, Block>> takeable = new HashMap<>();
  private final TreeSet<Block> byExpiry = new TreeSet<>(BY_EXPIRY);
  private final Tally tally = new Tally();
  private long nextNumber;
  private long changes;

  Ledger(Path file, String site, boolean fsync, Clock clock) {
    this(file.toString(), site, fsync, clock);
  }

  Ledger(String file, String site, boolean fsync, Clock clock) {
    this.site = site;
    this.fsync = fsync;
    this.clock = clock;
    this.store =
        new MVStore.Builder()
            .fileName(file)
            .autoCommitDisabled()
            .autoCompactFillRate(0)
            .cacheSize(1)
            .open();
    store.setRetentionTime(0);
    this.records = store.openMap("blocks");
    this.states = store.openMap("states");
    this.goneIds = store.openMap("gone");
    load();
  }

  private void load() {
    for (Map.Entry<Long, byte[]> entry : records.entrySet()) {
      byte[] state = states.get(entry.getKey());
      Block.Header header = BlockCodec.header(BlockCodec.headerOf(entry.getValue()));
      BitSet used = BlockCodec.used(state);
      index(new Block(entry.getKey(), header, site, BlockCodec.confirmed(state), used));
    }
    goneIds.entrySet().forEach(e -> gone.put(Uuids.of(e.getValue()), e.getKey()));
    Long last = goneIds.lastKey();
    Long lastBlock = records.lastKey();
    nextNumber = 1 + Math.max(last == null ? 0 : last, lastBlock == null ? 0 : lastBlock);
  }

  /** Counts changes to be committed: a caller whose call raised it waits for the commit. */
  long changes() {
    return changes;
  }

  /** Makes all changes durable: against a kill, and with fsync against a power cut. */
  void commit() {
    store.commit();
    if (fsync) {
      store.sync();
    }
  }

  List<KeyPool.Stock> stocks() {
    return tally.stocks();
  }

  Map<String, Set<KeyOrigin>> takeableOrigins() {
    return tally.takeable();
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  /** When the next block expires, or the end of time. */
  long nextExpiryMillis() {
    return byExpiry.isEmpty() ? Long.MAX_VALUE : byExpiry.first().header.expiresAtMillis();
  }

  void deposit(KeyBlock block, Seal seal, byte[] salt) {
    sweep();
    if (blocks.containsKey(block.id()) || gone.containsKey(block.id())) {
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
    Block added = new Block(nextNumber++, header, site, false, new BitSet());
    records.put(added.number, BlockCodec.record(octets, sealed));
    states.put(added.number, BlockCodec.state(added));
    changes++;
    index(added);
  }

  private void index(Block block) {
    blocks.put(block.header.id(), block);
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
          byte[] record = records.get(block.number);
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
              return key(block, chunk, records.get(block.number), seal);
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
    states.put(block.number, BlockCodec.state(block));
    changes++;
  }

  private void unindex(Block block) {
    blocks.remove(block.header.id());
    byExpiry.remove(block);
    tally.subtract(block);
    takeable.getOrDefault(block.header.peer(), new TreeMap<>()).remove(block.number);
  }

  /** Wipes a block and remembers its ID. */
  private void remove(Block block) {
    unindex(block);
    records.remove(block.number);
    states.remove(block.number);
    goneIds.put(nextNumber, Uuids.octets(block.header.id()));
    gone.put(block.header.id(), nextNumber++);
    while (goneIds.sizeAsLong() > MOST_GONE) {
      gone.remove(Uuids.of(goneIds.remove(goneIds.firstKey())));
    }
    changes++;
  }

  /** Wipes what has expired. */
  void sweep() {
    long now = clock.millis();
    while (nextExpiryMillis() <= now) {
      remove(byExpiry.first());
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
