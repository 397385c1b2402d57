package io.bellgate.keys.pool.store;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * How much key there is per peer and origin, and for whom it is: kept up with every change. For one
 * thread.
 */
final class Stocks {
  private static final Comparator<KeyPool.Stock> STABLE =
      Comparator.comparing(KeyPool.Stock::peer)
          .thenComparing(s -> s.origin().kind())
          .thenComparing(s -> s.origin().simulated())
          .thenComparing(s -> s.origin().relayed());

  /** One peer and one origin. */
  private record Name(String peer, KeyOrigin origin) {}

  /** One stock; what it counts is in octets, or in keys. */
  private static final class Row {
    long own;
    long peers;
    long unconfirmed;
    long taken;
    long committed;
    boolean ranEmpty;
    final Rate rate = new Rate();
  }

  private final Supplier<Levels> levels;

  /** By origins without attributes, of which there are few. */
  private final Map<Name, Row> rows = new HashMap<>();

  /** Octets to take by origins with attributes; no entry means none. */
  private final Map<Name, Long> own = new HashMap<>();

  Stocks(Supplier<Levels> levels) {
    this.levels = levels;
  }

  private static Name name(Block block) {
    return new Name(block.header.peer(), bare(block.header.origin()));
  }

  private Row row(Block block) {
    return rows.computeIfAbsent(name(block), n -> new Row());
  }

  /** Counts a block in, as it is now. */
  void add(Block block) {
    count(block, 1);
  }

  /** Counts a block out, as it is now. */
  void subtract(Block block) {
    count(block, -1);
  }

  private void count(Block block, int sign) {
    long mine = sign * block.ownOctets();
    long peers = sign * block.peersOctets();
    Row row = row(block);
    if (block.confirmed) {
      row.own += mine;
      row.peers += peers;
      Name full = new Name(block.header.peer(), block.header.origin());
      if (mine != 0) {
        own.merge(full, mine, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
      }
    } else {
      row.unconfirmed += mine + peers;
    }
  }

  void taken(Block block, long octets, long nowMillis) {
    row(block).taken++;
    row(block).rate.used(octets, nowMillis);
  }

  void committed(Block block) {
    row(block).committed++;
  }

  /** Remembers who ran empty; to be called when a change is complete. */
  void settle() {
    rows.forEach(
        (name, row) -> {
          Levels.Level level = level(name);
          if (dry(row, level)) {
            row.ranEmpty = true;
          } else if (row.own >= level.ready()) {
            row.ranEmpty = false;
          }
        });
  }

  /** Forgets the past: what was read from a file says nothing about who ran empty. */
  void begin() {
    rows.values().forEach(row -> row.ranEmpty = false);
    settle();
  }

  private Levels.Level level(Name name) {
    return levels.get().of(name.peer(), name.origin().kind());
  }

  private static boolean dry(Row row, Levels.Level level) {
    return row.own - level.reserve() < KeyPool.CHUNK_OCTETS;
  }

  private static KeyPool.State state(Row row, Levels.Level level) {
    if (dry(row, level)) {
      return KeyPool.State.EMPTY;
    }
    if (row.ranEmpty && row.own < level.ready()) {
      return KeyPool.State.CHARGING;
    }
    return row.own < level.warning() ? KeyPool.State.WARNING : KeyPool.State.READY;
  }

  /** Whether a purpose may have so much from the stock that a block belongs to. */
  boolean gives(Block block, KeyPool.Purpose purpose, long octets) {
    Row row = row(block);
    Levels.Level level = level(name(block));
    KeyPool.State state = state(row, level);
    long left = row.own - octets;
    return switch (purpose) {
      case PAD -> state == KeyPool.State.READY && left >= level.warning();
      case MESSAGE ->
          (state == KeyPool.State.READY || state == KeyPool.State.WARNING)
              && left >= level.reserve();
      case CHANNEL -> state != KeyPool.State.EMPTY && left >= level.reserve();
      case AUTHENTICATION -> left >= 0;
    };
  }

  /** Per peer and kind, attributes left out, in a stable order. */
  List<KeyPool.Stock> stocks(long nowMillis) {
    return rows.entrySet().stream()
        .map(e -> stock(e.getKey(), e.getValue(), nowMillis))
        .sorted(STABLE)
        .toList();
  }

  private KeyPool.Stock stock(Name name, Row row, long nowMillis) {
    Levels.Level level = level(name);
    return new KeyPool.Stock(
        name.peer(),
        name.origin(),
        row.own,
        byOrigin(name),
        row.peers,
        row.unconfirmed,
        row.taken,
        row.committed,
        state(row, level),
        row.rate.secondsFor(row.own - Math.min(row.own, level.reserve()), nowMillis));
  }

  private Map<KeyOrigin, Long> byOrigin(Name stock) {
    return own.entrySet().stream()
        .filter(e -> e.getKey().peer().equals(stock.peer()))
        .filter(e -> bare(e.getKey().origin()).equals(stock.origin()))
        .collect(Collectors.toMap(e -> e.getKey().origin(), Map.Entry::getValue));
  }

  private static KeyOrigin bare(KeyOrigin o) {
    return new KeyOrigin(o.kind(), o.simulated(), o.relayed(), Map.of());
  }

  /** Kinds of a peer's stocks that are below their warning, with what is there. */
  Map<KeyOrigin, Long> low(String peer) {
    return rows.entrySet().stream()
        .filter(e -> e.getKey().peer().equals(peer))
        .filter(e -> e.getKey().origin().kind() != KeyOrigin.Kind.PRESHARED)
        .filter(e -> isLow(e.getKey(), e.getValue()))
        .collect(Collectors.toMap(e -> e.getKey().origin(), e -> e.getValue().own));
  }

  /** A stock that ran empty wants as much as makes it ready, or it would stay as it is. */
  private boolean isLow(Name name, Row row) {
    Levels.Level level = level(name);
    return row.own < (row.ranEmpty ? level.ready() : level.warning());
  }

  /** Octets of a kind that this end can take. */
  long own(String peer, KeyOrigin kind) {
    Row row = rows.get(new Name(peer, kind));
    return row == null ? 0 : row.own;
  }

  /** The origins, with attributes, of which there is key to take, per peer. */
  Map<String, Set<KeyOrigin>> takeable() {
    return own.keySet().stream()
        .collect(
            Collectors.groupingBy(
                Name::peer, Collectors.mapping(Name::origin, Collectors.toSet())));
  }
}
