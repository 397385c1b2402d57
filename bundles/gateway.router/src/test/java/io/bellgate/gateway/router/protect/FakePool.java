package io.bellgate.gateway.router.protect;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * A pool in memory that shares its keys with the peer's: {@link #fill} puts the same blocks into
 * both ends. It fails the test if octets are given out twice. A key is in one piece here.
 */
public final class FakePool implements KeyPool {
  /** A block, and how much of it was taken. */
  private static final class Block {
    final UUID id = UUID.randomUUID();
    final KeyOrigin origin;
    final byte[] octets;
    int next;

    Block(KeyOrigin origin, byte[] octets) {
      this.origin = origin;
      this.octets = octets;
    }

    Key key(KeyId key) {
      return new Key(
          key,
          origin,
          Secret.absorb(
              Arrays.copyOfRange(octets, key.offset(), Math.addExact(key.offset(), key.length()))));
    }
  }

  private final List<Block> own = new ArrayList<>();
  private final Map<UUID, Block> peers = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Set<String> reserved = new HashSet<>();
  private final Map<KeyOrigin.Kind, State> states = new EnumMap<>(KeyOrigin.Kind.class);
  private final Set<KeyOrigin.Kind> emptyHanded = new HashSet<>();
  private int callsUntilGone;

  /** What was given out, in order. */
  public final List<KeyId> taken = new ArrayList<>();

  /** What was committed here, in order. */
  public final List<KeyId> committed = new ArrayList<>();

  public static KeyOrigin origin(KeyOrigin.Kind kind) {
    return new KeyOrigin(kind, false, false, Map.of("algorithm", "fake"));
  }

  /** Keys of 32 octets, each a block. */
  public static void fill(FakePool taker, FakePool receiver, KeyOrigin.Kind kind, int keys) {
    for (int i = 0; i < keys; i++) {
      fill(taker, receiver, origin(kind), CHUNK_OCTETS);
    }
  }

  /** One block. */
  public static void fill(FakePool taker, FakePool receiver, KeyOrigin origin, int octets) {
    byte[] random = new byte[octets];
    new Random(octets).nextBytes(random);
    Block block = new Block(origin, random);
    UUID id = block.id;
    System.arraycopy(longs(id), 0, random, 0, 16); // no two blocks have the same octets
    synchronized (taker) {
      taker.own.add(block);
    }
    synchronized (receiver) {
      receiver.peers.put(id, block);
    }
  }

  private static byte[] longs(UUID id) {
    return java.nio.ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  public synchronized void state(KeyOrigin.Kind kind, State state) {
    states.put(kind, state);
  }

  /** Shows a kind in its stocks and gives none, as when another consumer comes first. */
  public synchronized void emptyHanded(KeyOrigin.Kind kind, boolean is) {
    if (is) {
      emptyHanded.add(kind);
    } else {
      emptyHanded.remove(kind);
    }
  }

  /** The n-th take, reserve or commit from now on answers Gone, once. */
  public synchronized void goneAtCall(int n) {
    callsUntilGone = n;
  }

  private void call() {
    if (callsUntilGone > 0 && --callsUntilGone == 0) {
      throw new Gone("the fake pool");
    }
  }

  private static List<String> chunks(KeyId id) {
    List<String> chunks = new ArrayList<>();
    for (int at = id.offset(); at < id.offset() + id.length(); at += CHUNK_OCTETS) {
      chunks.add(id.block() + ":" + at);
    }
    return chunks;
  }

  @Override
  public synchronized Optional<Key> take(
      String peer, Purpose purpose, int octets, Predicate<KeyOrigin> acceptable) {
    call();
    if (octets < 1 || octets > MAX_KEY_OCTETS || octets % CHUNK_OCTETS != 0) {
      throw new IllegalArgumentException("a key is whole chunks: octets=" + octets);
    }
    Optional<Block> block =
        own.stream()
            .filter(b -> acceptable.test(b.origin) && b.octets.length - b.next >= octets)
            .filter(b -> !emptyHanded.contains(b.origin.kind()))
            .filter(b -> stock(b.origin, octets).gives(purpose))
            .findFirst();
    return block.map(b -> take(b, octets));
  }

  private Key take(Block block, int octets) {
    KeyId id = new KeyId(block.id, block.next, octets);
    block.next += octets;
    taken.add(id);
    for (String chunk : chunks(id)) {
      if (!used.add(chunk)) {
        throw new AssertionError("octets were taken twice: " + chunk);
      }
    }
    return block.key(id);
  }

  private Stock stock(KeyOrigin origin, long octets) {
    State state = states.getOrDefault(origin.kind(), State.READY);
    return new Stock("bob", origin, octets, Map.of(origin, octets), 0, 0, 0, 0, state, -1);
  }

  @Override
  public synchronized Optional<Reservation> reserve(String peer, KeyId id) {
    call();
    Block block = peers.get(id.block());
    if (block == null
        || id.offset() % CHUNK_OCTETS != 0
        || id.length() % CHUNK_OCTETS != 0
        || id.offset() + (long) id.length() > block.octets.length
        || chunks(id).stream().anyMatch(c -> used.contains(c) || reserved.contains(c))) {
      return Optional.empty();
    }
    reserved.addAll(chunks(id));
    return Optional.of(new Held(id, block.key(id)));
  }

  private final class Held implements Reservation {
    private final KeyId id;
    private final Key key;
    private boolean done;

    Held(KeyId id, Key key) {
      this.id = id;
      this.key = key;
    }

    @Override
    public Key key() {
      return key;
    }

    @Override
    public void commit() {
      synchronized (FakePool.this) {
        call();
        done = true;
        used.addAll(chunks(id));
        committed.add(id);
      }
    }

    @Override
    public void close() {
      synchronized (FakePool.this) {
        if (!done) {
          done = true;
          key.secret().destroy();
        }
        reserved.removeAll(chunks(id));
      }
    }
  }

  /** Blocks of the peer's of which not all is committed. */
  public synchronized int left() {
    return (int)
        peers.values().stream()
            .filter(
                b -> !used.containsAll(chunks(new KeyId(b.id, 0, Math.max(1, b.octets.length)))))
            .count();
  }

  /** Nothing is left reserved. */
  public synchronized boolean nothingReserved() {
    return reserved.isEmpty();
  }

  /** Drops what was not taken yet. */
  public synchronized void drain() {
    own.clear();
  }

  @Override
  public synchronized List<Stock> stocks() {
    Map<KeyOrigin, Long> octets = new HashMap<>();
    own.forEach(b -> octets.merge(b.origin, (long) b.octets.length - b.next, Long::sum));
    return octets.entrySet().stream().map(e -> stock(e.getKey(), e.getValue())).toList();
  }

  @Override
  public void deposit(KeyBlock block) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean confirm(String peer, UUID block) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void discard(String peer, UUID block) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<UUID> unconfirmed(String peer) {
    return List.of();
  }
}
