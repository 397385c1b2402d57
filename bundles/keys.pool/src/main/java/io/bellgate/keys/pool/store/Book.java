package io.bellgate.keys.pool.store;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * All that the store knows, in memory, and the entries that are not in the journal yet. State only
 * moves forward: a chunk that was used is never free again, a block that is gone is remembered by
 * ID. For one thread.
 */
final class Book implements Entries.Reader {
  private static final Comparator<Block> BY_EXPIRY =
      Comparator.<Block>comparingLong(b -> b.header.expiresAtMillis())
          .thenComparingLong(b -> b.number);

  final Runs runs = new Runs();
  final Stocks stocks;
  private final String site;
  private final Map<UUID, Block> blocks = new HashMap<>();
  private final TreeMap<Long, Block> byNumber = new TreeMap<>();
  private final GoneBlocks gone = new GoneBlocks();
  private final Map<String, TreeMap<Long, Block>> takeable = new HashMap<>();
  private final TreeSet<Block> byExpiry = new TreeSet<>(BY_EXPIRY);
  private final TreeMap<String, Standing> standings = new TreeMap<>();
  private Entries pending = new Entries();
  private long generation;
  private long liveOctets;
  private long nextNumber;
  private long changes;
  private long usedSinceRewrite;
  private boolean snapshot;

  Book(String site, Stocks stocks) {
    this.site = site;
    this.stocks = stocks;
  }

  @Override
  public void deposit(long number, long position, byte[] record) {
    Block block = new Block(number, BlockCodec.headerOf(record), site);
    block.place(position + 2 + block.headerOctets.length);
    block.inherited = true;
    nextNumber = Math.max(nextNumber, number + 1);
    index(block);
  }

  @Override
  public void state(long number, byte[] state) {
    Block block = byNumber.get(number);
    long before = block.used.cardinality();
    unindex(block);
    BlockCodec.apply(state, block);
    index(block);
    usedSinceRewrite += block.used.cardinality() - before;
  }

  @Override
  public void gone(UUID id) {
    Block block = blocks.get(id);
    if (block != null) {
      unindex(block);
      usedSinceRewrite += block.header.chunks() - block.used.cardinality();
    }
    gone.remember(id);
  }

  @Override
  public void generation(long named) {
    generation = named;
    snapshot = true;
  }

  /** A frame was read to its end. */
  void frameRead() {
    if (snapshot) {
      usedSinceRewrite = 0; // what a snapshot calls used is not in it
    }
    snapshot = false;
  }

  @Override
  public void begun(UUID incarnation, boolean clean) {
    runs.begun(incarnation, clean);
    if (!clean) {
      standings.values().forEach(s -> s.due = true);
    }
  }

  @Override
  public void closed() {
    runs.closed();
  }

  @Override
  public void standing(String peer, boolean due, UUID seen) {
    Standing standing = standing(peer);
    standing.due = due;
    standing.seen = seen;
  }

  /** Of the wrapping key, as the journal says. */
  long generation() {
    return generation;
  }

  /** A new run begins. */
  void begin(UUID incarnation) {
    boolean clean = !runs.open();
    begun(incarnation, clean);
    pending.begun(incarnation, clean);
    changes++;
  }

  void close() {
    closed();
    pending.closed();
    changes++;
  }

  Standing standing(String peer) {
    return standings.computeIfAbsent(
        peer,
        p -> {
          Standing unknown = new Standing();
          unknown.due = !runs.cleanBefore(); // a copy of this store may have met it
          return unknown;
        });
  }

  Map<String, Standing> standings() {
    return standings;
  }

  void save(String peer) {
    pending.standing(peer, standing(peer));
    changes++;
  }

  long changes() {
    return changes;
  }

  Entries pending() {
    return pending;
  }

  /** What was pending is in the journal now, from a position on. */
  void committed(long position) {
    place(pending, position);
    pending = new Entries();
  }

  private static void place(Entries entries, long position) {
    entries
        .deposits()
        .forEach((block, at) -> block.place(position + at + 2 + block.headerOctets.length));
  }

  /** Everything that is worth keeping, the sealed octets as told. */
  Entries snapshot(long sealedUnder, Sealed sealed) throws IOException {
    Entries all = new Entries();
    all.generation(sealedUnder);
    runs.all().forEach(run -> all.begun(run.incarnation(), run.cleanBefore()));
    standings.forEach(all::standing);
    if (!runs.open()) {
      all.closed();
    }
    gone.all().forEach(all::gone);
    for (Block block : byNumber.values()) {
      all.deposit(block, BlockCodec.record(block.headerOctets, sealed.of(block)));
      all.state(block);
    }
    return all;
  }

  /** Where sealed chunks come from. */
  interface Sealed {
    byte[] of(Block block) throws IOException;
  }

  void rewritten(Entries snapshot, long position) {
    place(snapshot, position);
    usedSinceRewrite = 0;
  }

  long liveOctets() {
    return liveOctets;
  }

  /** Chunks used, or gone unused, since the journal was written anew. */
  long usedSinceRewrite() {
    return usedSinceRewrite;
  }

  boolean isEmpty() {
    return blocks.isEmpty();
  }

  boolean knows(UUID id) {
    return blocks.containsKey(id) || gone.contains(id);
  }

  void add(byte[] header, byte[] sealed) {
    Block block = new Block(nextNumber++, header, site);
    pending.deposit(block, BlockCodec.record(header, sealed));
    index(block);
    changed();
  }

  Iterable<Block> all() {
    return byNumber.values();
  }

  Optional<Block> find(String peer, UUID id) {
    return Optional.ofNullable(blocks.get(id)).filter(b -> b.header.peer().equals(peer));
  }

  /** Oldest first. */
  List<Block> of(String peer) {
    return byNumber.values().stream().filter(b -> b.header.peer().equals(peer)).toList();
  }

  /** Confirmed, with something left for this end; oldest first. */
  Collection<Block> takeable(String peer) {
    return takeable.getOrDefault(peer, new TreeMap<>()).values();
  }

  /** Changes a block; if nothing of it is left it is gone. */
  void update(Block block, Runnable change) {
    long before = block.used.cardinality();
    unindex(block);
    change.run();
    index(block);
    usedSinceRewrite += block.used.cardinality() - before;
    if (block.empty()) {
      remove(block);
    } else {
      pending.state(block);
      changed();
    }
  }

  /** Burns what the peer says of this end's zones. */
  void burn(Block block, Report.Floor floor) {
    Zone lane = block.own().get(0);
    Zone given = block.own().get(1);
    if (floor.own() > block.next(lane) || floor.other() > block.next(given)) {
      update(
          block,
          () -> {
            block.burn(lane, floor.own());
            block.burn(given, floor.other());
          });
    }
  }

  /** Wipes a block and remembers its ID. */
  void remove(Block block) {
    unindex(block);
    usedSinceRewrite += block.header.chunks() - block.used.cardinality();
    pending.gone(block.header.id());
    gone.remember(block.header.id());
    changed();
  }

  private void changed() {
    stocks.settle();
    changes++;
  }

  private void index(Block block) {
    blocks.put(block.header.id(), block);
    byNumber.put(block.number, block);
    liveOctets += block.recordOctets();
    byExpiry.add(block);
    stocks.add(block);
    if (block.confirmed && block.ownOctets() > 0) {
      takeable.computeIfAbsent(block.header.peer(), p -> new TreeMap<>()).put(block.number, block);
    }
  }

  private void unindex(Block block) {
    blocks.remove(block.header.id());
    byNumber.remove(block.number);
    liveOctets -= block.recordOctets();
    byExpiry.remove(block);
    stocks.subtract(block);
    takeable.getOrDefault(block.header.peer(), new TreeMap<>()).remove(block.number);
  }

  /** When the next block expires, or the end of time. */
  long nextExpiryMillis() {
    return byExpiry.isEmpty() ? Long.MAX_VALUE : byExpiry.first().header.expiresAtMillis();
  }

  /** Wipes what has expired. */
  void sweep(long nowMillis) {
    while (nextExpiryMillis() <= nowMillis) {
      remove(byExpiry.first());
    }
  }
}
