package io.bellgate.api.keys;

import io.bellgate.api.bits.Secret;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** A key pool without storage, for tests of producers and consumers. One lock: its monitor. */
public final class MemoryPool implements KeyPool {
  private final String site;
  private final boolean lab;
  private final Clock clock;
  private final Map<UUID, Held> blocks = new LinkedHashMap<>();
  private final Set<UUID> gone = new HashSet<>();
  private final Map<String, long[]> counters = new LinkedHashMap<>();

  /** A block in here. */
  private static final class Held {
    final KeyBlock block;
    final Instant expires;
    final Set<Integer> used = new HashSet<>();
    final Set<Integer> reserved = new HashSet<>();
    boolean confirmed;

    Held(KeyBlock block, Instant expires) {
      this.block = block;
      this.expires = expires;
    }

    int chunks() {
      return block.octets().length() / CHUNK_OCTETS;
    }
  }

  /**
   * Makes an empty pool.
   *
   * @param site whose
   * @param lab whether simulated origins are accepted
   * @param clock what it goes by
   */
  public MemoryPool(String site, boolean lab, Clock clock) {
    this.site = site;
    this.lab = lab;
    this.clock = clock;
  }

  /**
   * Every block that is held, with its octets.
   *
   * @param confirmedOnly leaves the others out
   * @return copies
   */
  public synchronized Map<UUID, byte[]> held(boolean confirmedOnly) {
    Map<UUID, byte[]> held = new LinkedHashMap<>();
    for (Held h : blocks.values()) {
      if (h.confirmed || !confirmedOnly) {
        held.put(h.block.id(), h.block.octets().lend(byte[]::clone));
      }
    }
    return held;
  }

  private void sweep() {
    for (Held held : List.copyOf(blocks.values())) {
      if (held.used.size() == held.chunks() || !clock.instant().isBefore(held.expires)) {
        remove(held);
      }
    }
  }

  private void remove(Held held) {
    held.block.octets().destroy();
    blocks.remove(held.block.id());
    gone.add(held.block.id());
  }

  private Optional<Held> find(String peer, UUID id) {
    sweep();
    return Optional.ofNullable(blocks.get(id)).filter(h -> h.block.peer().equals(peer));
  }

  @Override
  public synchronized void deposit(KeyBlock b) {
    if (b.origin().simulated() && !lab) {
      throw new IllegalArgumentException("simulated key is accepted in lab mode only");
    }
    sweep();
    if (!blocks.containsKey(b.id()) && !gone.contains(b.id())) {
      Secret octets = b.octets().part(0, b.octets().length());
      KeyBlock copy = new KeyBlock(b.id(), b.peer(), b.origin(), octets, b.timeToLive());
      blocks.put(b.id(), new Held(copy, clock.instant().plus(b.timeToLive())));
    }
  }

  @Override
  public synchronized boolean confirm(String peer, UUID block) {
    Optional<Held> held = find(peer, block);
    held.ifPresent(h -> h.confirmed = true);
    return held.isPresent();
  }

  @Override
  public synchronized void discard(String peer, UUID block) {
    find(peer, block).filter(h -> !h.confirmed).ifPresent(this::remove);
  }

  @Override
  public synchronized List<UUID> unconfirmed(String peer) {
    sweep();
    List<UUID> ids = new ArrayList<>();
    for (Held held : blocks.values()) {
      if (!held.confirmed && held.block.peer().equals(peer)) {
        ids.add(held.block.id());
      }
    }
    return ids;
  }

  private boolean owns(Held held, int chunk) {
    return (chunk % 2 == 0) == (site.compareTo(held.block.peer()) < 0);
  }

  @Override
  public Optional<Key> take(
      String peer, Purpose purpose, int octets, Predicate<KeyOrigin> acceptable) {
    int chunks = chunksOf(octets);
    Set<KeyOrigin> origins = new HashSet<>();
    synchronized (this) {
      blocks.values().forEach(h -> origins.add(h.block.origin()));
    }
    origins.removeIf(acceptable.negate());
    synchronized (this) {
      sweep();
      for (Held held : blocks.values()) {
        boolean fits =
            held.block.peer().equals(peer)
                && origins.contains(held.block.origin())
                && (purpose == Purpose.AUTHENTICATION || !preshared(held));
        for (int i = 0; fits && held.confirmed && i < held.chunks(); i++) {
          if (owns(held, i) && free(held, i, chunks)) {
            use(held, i, chunks);
            count(held, 0);
            return Optional.of(key(held, i, chunks));
          }
        }
      }
      return Optional.empty();
    }
  }

  private static int chunksOf(int octets) {
    if (octets < 1 || octets > MAX_KEY_OCTETS || octets % CHUNK_OCTETS != 0) {
      throw new IllegalArgumentException("a key is whole chunks: octets=" + octets);
    }
    return octets / CHUNK_OCTETS;
  }

  /** Whether a key of some chunks can begin here: every second chunk is free. */
  private static boolean free(Held held, int first, int chunks) {
    for (int i = 0; i < chunks; i++) {
      if (first + 2 * i >= held.chunks() || held.used.contains(first + 2 * i)) {
        return false;
      }
    }
    return true;
  }

  private static void use(Held held, int first, int chunks) {
    for (int i = 0; i < chunks; i++) {
      held.used.add(first + 2 * i);
    }
  }

  private static Key key(Held held, int chunk, int chunks) {
    KeyId id = new KeyId(held.block.id(), chunk * CHUNK_OCTETS, chunks * CHUNK_OCTETS);
    byte[] octets = new byte[chunks * CHUNK_OCTETS];
    held.block
        .octets()
        .use(
            o -> {
              for (int i = 0; i < chunks; i++) {
                System.arraycopy(
                    o, (chunk + 2 * i) * CHUNK_OCTETS, octets, i * CHUNK_OCTETS, CHUNK_OCTETS);
              }
            });
    return new Key(id, held.block.origin(), Secret.absorb(octets));
  }

  private void count(Held held, int counter) {
    counters.computeIfAbsent(row(held), r -> new long[2])[counter]++;
  }

  private static KeyOrigin kind(Held held) {
    KeyOrigin o = held.block.origin();
    return new KeyOrigin(o.kind(), o.simulated(), o.relayed(), Map.of());
  }

  /** It authenticates, and protects nothing. */
  private static boolean preshared(Held held) {
    return held.block.origin().kind() == KeyOrigin.Kind.PRESHARED;
  }

  private static String row(Held held) {
    return held.block.peer() + " " + kind(held);
  }

  @Override
  public synchronized Optional<Reservation> reserve(String peer, KeyId id) {
    int chunk = id.offset() / CHUNK_OCTETS;
    int chunks = id.length() / CHUNK_OCTETS;
    return find(peer, id.block())
        .filter(
            h ->
                id.length() % CHUNK_OCTETS == 0
                    && id.length() <= MAX_KEY_OCTETS
                    && id.offset() % CHUNK_OCTETS == 0
                    && !owns(h, chunk)
                    && free(h, chunk, chunks)
                    && reserve(h, chunk, chunks))
        .map(h -> new Reserved(h, chunk, chunks));
  }

  private static boolean reserve(Held held, int first, int chunks) {
    for (int i = 0; i < chunks; i++) {
      if (held.reserved.contains(first + 2 * i)) {
        return false;
      }
    }
    for (int i = 0; i < chunks; i++) {
      held.reserved.add(first + 2 * i);
    }
    return true;
  }

  /** A reservation. */
  private final class Reserved implements Reservation {
    private final Held held;
    private final int chunk;
    private final int chunks;
    private final Key key;
    private boolean over;

    Reserved(Held held, int chunk, int chunks) {
      this.held = held;
      this.chunk = chunk;
      this.chunks = chunks;
      this.key = MemoryPool.key(held, chunk, chunks);
    }

    @Override
    public Key key() {
      return key;
    }

    @Override
    public void commit() {
      synchronized (MemoryPool.this) {
        over = true;
        use(held, chunk, chunks);
        count(held, 1);
      }
    }

    @Override
    public void close() {
      synchronized (MemoryPool.this) {
        if (!over) {
          over = true;
          for (int i = 0; i < chunks; i++) {
            held.reserved.remove(chunk + 2 * i);
          }
          key.secret().destroy();
        }
      }
    }
  }

  @Override
  public synchronized List<Stock> stocks() {
    sweep();
    Map<String, Stock> rows = new java.util.TreeMap<>();
    for (Held h : blocks.values()) {
      long own = 0;
      long peers = 0;
      for (int i = 0; i < h.chunks(); i++) {
        int octets = h.used.contains(i) ? 0 : CHUNK_OCTETS;
        own += owns(h, i) ? octets : 0;
        peers += owns(h, i) ? 0 : octets;
      }
      long open = h.confirmed ? 0 : own + peers;
      long mine = h.confirmed ? own : 0;
      long theirs = h.confirmed ? peers : 0;
      long[] c = counters.getOrDefault(row(h), new long[2]);
      Stock stock =
          new Stock(
              h.block.peer(),
              kind(h),
              mine,
              Map.of(h.block.origin(), mine),
              theirs,
              open,
              c[0],
              c[1],
              state(h, mine),
              -1);
      rows.merge(
          row(h),
          stock,
          (a, b) ->
              new Stock(
                  a.peer(),
                  a.origin(),
                  a.own() + b.own(),
                  added(a.ownByOrigin(), b.ownByOrigin()),
                  a.peers() + b.peers(),
                  a.unconfirmed() + b.unconfirmed(),
                  a.taken(),
                  a.committed(),
                  state(h, a.own() + b.own()),
                  -1));
    }
    return List.copyOf(rows.values());
  }

  private static Map<KeyOrigin, Long> added(Map<KeyOrigin, Long> one, Map<KeyOrigin, Long> other) {
    Map<KeyOrigin, Long> all = new java.util.HashMap<>(one);
    other.forEach((origin, octets) -> all.merge(origin, octets, Long::sum));
    return all;
  }

  private static State state(Held held, long own) {
    return own > 0 && !preshared(held) ? State.READY : State.EMPTY;
  }
}
