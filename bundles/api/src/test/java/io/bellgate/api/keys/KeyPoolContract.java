package io.bellgate.api.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.ops.FakeClock;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What every {@link KeyPool} keeps of its contract. */
public abstract class KeyPoolContract {
  private static final int CHUNK = KeyPool.CHUNK_OCTETS;
  private static final Duration HOUR = Duration.ofHours(1);

  /** An origin that a pool accepts outside lab mode. */
  protected static final KeyOrigin PQC =
      new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of("algorithm", "X25519+ML-KEM-768"));

  private static final KeyOrigin SIMULATED =
      new KeyOrigin(KeyOrigin.Kind.QKD, true, false, Map.of("protocol", "BB84"));
  private static final Predicate<KeyOrigin> ANY = origin -> true;

  /** The clock of every pool of this test. */
  protected final FakeClock clock = new FakeClock();

  /** For tests of subclasses. */
  protected KeyPoolContract() {}

  /**
   * Opens an empty pool.
   *
   * @param site whose
   * @param lab whether simulated origins are accepted
   * @param time what it goes by
   * @return a pool that the subclass closes after the test
   * @throws Exception if it cannot
   */
  protected abstract KeyPool open(String site, boolean lab, Clock time) throws Exception;

  /**
   * A block with octets that follow from its ID.
   *
   * @param id its ID
   * @param peer the other end
   * @param origin where it is from
   * @param chunks how many
   * @return a block for {@link KeyPool#deposit}
   */
  protected static KeyBlock block(UUID id, String peer, KeyOrigin origin, int chunks) {
    return new KeyBlock(id, peer, origin, Secret.absorb(octets(id, chunks)), HOUR);
  }

  /**
   * The octets of a block made by {@link #block}.
   *
   * @param id its ID
   * @param chunks how many
   * @return its octets
   */
  protected static byte[] octets(UUID id, int chunks) {
    byte[] octets = new byte[chunks * CHUNK];
    new Random(id.getMostSignificantBits()).nextBytes(octets);
    return octets;
  }

  /**
   * Deposits and confirms.
   *
   * @param pool where
   * @param peer the other end
   * @param chunks how many
   * @return the block's ID
   */
  protected static UUID confirmed(KeyPool pool, String peer, int chunks) {
    UUID id = UUID.randomUUID();
    pool.deposit(block(id, peer, PQC, chunks));
    assertTrue(pool.confirm(peer, id));
    return id;
  }

  /**
   * Whether a key has the octets of a block made by {@link #block}: every second chunk.
   *
   * @param key a key
   * @return whether
   */
  protected static boolean holds(Key key) {
    int first = key.id().offset() / CHUNK;
    int chunks = key.id().length() / CHUNK;
    byte[] block = octets(key.id().block(), first + 2 * chunks);
    byte[] expected = new byte[chunks * CHUNK];
    for (int i = 0; i < chunks; i++) {
      System.arraycopy(block, (first + 2 * i) * CHUNK, expected, i * CHUNK, CHUNK);
    }
    try (Secret secret = Secret.absorb(expected)) {
      return secret.matches(key.secret());
    }
  }

  private static KeyId chunk(UUID block, int index) {
    return new KeyId(block, index * CHUNK, CHUNK);
  }

  private static boolean reservable(KeyPool pool, String peer, KeyId id) {
    Optional<KeyPool.Reservation> reservation = pool.reserve(peer, id);
    reservation.ifPresent(KeyPool.Reservation::close);
    return reservation.isPresent();
  }

  @Test
  void givesNothingOutUntilTheBlockIsConfirmed() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = UUID.randomUUID();
    pool.deposit(block(id, "bob", PQC, 2));
    assertTrue(pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).isEmpty());
    assertTrue(pool.confirm("bob", id));
    assertEquals(
        chunk(id, 0),
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).orElseThrow().id());
  }

  @Test
  void refusesSimulatedKeyOutsideLabMode() throws Exception {
    KeyPool strict = open("alice", false, clock);
    KeyBlock simulated = block(UUID.randomUUID(), "bob", SIMULATED, 1);
    assertThrows(IllegalArgumentException.class, () -> strict.deposit(simulated));
    assertTrue(strict.unconfirmed("bob").isEmpty());
    KeyPool lab = open("bob", true, clock);
    lab.deposit(block(UUID.randomUUID(), "alice", SIMULATED, 1));
    assertEquals(1, lab.unconfirmed("alice").size());
  }

  @Test
  void ignoresTheSameIdDepositedAgain() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 1);
    pool.deposit(new KeyBlock(id, "bob", PQC, Secret.absorb(new byte[4 * CHUNK]), HOUR));
    Key key = pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).orElseThrow();
    assertTrue(holds(key));
    pool.deposit(block(id, "bob", PQC, 1));
    assertFalse(pool.confirm("bob", id), "a used block does not come back");
    assertTrue(pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).isEmpty());
  }

  @Test
  void confirmsOnlyWhatItHoldsFromThatPeer() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = UUID.randomUUID();
    pool.deposit(block(id, "bob", PQC, 1));
    assertFalse(pool.confirm("bob", UUID.randomUUID()));
    assertFalse(pool.confirm("carol", id));
    assertTrue(pool.confirm("bob", id));
    assertTrue(pool.confirm("bob", id));
  }

  @Test
  void discardsUnconfirmedBlocksOnly() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID kept = confirmed(pool, "bob", 1);
    UUID wiped = UUID.randomUUID();
    pool.deposit(block(wiped, "bob", PQC, 1));
    pool.discard("carol", wiped);
    assertEquals(List.of(wiped), pool.unconfirmed("bob"));
    pool.discard("bob", wiped);
    pool.discard("bob", kept);
    pool.discard("bob", UUID.randomUUID());
    assertTrue(pool.unconfirmed("bob").isEmpty());
    assertFalse(pool.confirm("bob", wiped));
    assertEquals(
        kept,
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY)
            .orElseThrow()
            .id()
            .block());
  }

  @Test
  void listsUnconfirmedBlocksOldestFirst() throws Exception {
    KeyPool pool = open("alice", false, clock);
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(UUID.randomUUID());
      pool.deposit(block(ids.get(i), "bob", PQC, 1));
    }
    pool.confirm("bob", ids.remove(7));
    assertEquals(ids, pool.unconfirmed("bob"));
    assertTrue(pool.unconfirmed("carol").isEmpty());
  }

  @Test
  void givesTheEvenChunksToTheLowerSite() throws Exception {
    ownChunks("alice", "bob", 0);
  }

  @Test
  void givesTheOddChunksToTheHigherSite() throws Exception {
    ownChunks("bob", "alice", 1);
  }

  private void ownChunks(String site, String peer, int first) throws Exception {
    KeyPool pool = open(site, false, clock);
    UUID older = confirmed(pool, peer, 5);
    UUID newer = confirmed(pool, peer, 2);
    List<KeyId> expected = new ArrayList<>();
    for (int i = first; i < 5; i += 2) {
      expected.add(chunk(older, i));
    }
    expected.add(chunk(newer, first));
    List<KeyId> taken = new ArrayList<>();
    Optional<Key> key = pool.take(peer, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY);
    for (;
        key.isPresent();
        key = pool.take(peer, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY)) {
      assertTrue(holds(key.get()));
      taken.add(key.get().id());
    }
    assertEquals(expected, taken);
    assertTrue(pool.take("carol", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).isEmpty());
  }

  @Test
  void takesOnlyAcceptableOrigins() throws Exception {
    KeyPool pool = open("alice", true, clock);
    UUID older = confirmed(pool, "bob", 1);
    UUID simulated = UUID.randomUUID();
    pool.deposit(block(simulated, "bob", SIMULATED, 1));
    pool.confirm("bob", simulated);
    assertTrue(
        pool.take(
                "bob",
                KeyPool.Purpose.MESSAGE,
                KeyPool.CHUNK_OCTETS,
                o -> o.kind() == KeyOrigin.Kind.CLASSICAL)
            .isEmpty());
    Key qkd =
        pool.take(
                "bob",
                KeyPool.Purpose.MESSAGE,
                KeyPool.CHUNK_OCTETS,
                o -> "BB84".equals(o.attributes().get("protocol")))
            .orElseThrow();
    assertEquals(simulated, qkd.id().block());
    assertEquals(SIMULATED, qkd.origin());
    assertEquals(
        older,
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY)
            .orElseThrow()
            .id()
            .block());
  }

  @Test
  void asksThePredicateWithoutHoldingALock() throws Exception {
    KeyPool pool = open("alice", false, clock);
    confirmed(pool, "bob", 4);
    Callable<Integer> other = () -> pool.stocks().size();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Predicate<KeyOrigin> calls =
          o -> {
            try {
              return thread.submit(other).get(20, java.util.concurrent.TimeUnit.SECONDS) == 1;
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          };
      assertTrue(
          pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, calls).isPresent());
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void reservesWhatThePeerMayHaveTakenAndNothingElse() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 4);
    assertTrue(reservable(pool, "bob", chunk(id, 1)));
    assertFalse(reservable(pool, "bob", chunk(id, 0)), "an own chunk");
    assertFalse(reservable(pool, "bob", chunk(id, 5)), "behind the end");
    assertFalse(reservable(pool, "bob", chunk(UUID.randomUUID(), 1)), "no such block");
    assertFalse(reservable(pool, "carol", chunk(id, 1)), "another peer");
    assertFalse(reservable(pool, "bob", new KeyId(id, CHUNK, CHUNK - 1)), "too short");
    assertFalse(reservable(pool, "bob", new KeyId(id, CHUNK, 3 * CHUNK)), "too long");
    assertFalse(reservable(pool, "bob", new KeyId(id, CHUNK + 1, CHUNK)), "not at a chunk");
    assertFalse(reservable(pool, "bob", new KeyId(id, Integer.MAX_VALUE - 31, CHUNK)), "overflow");
  }

  @Test
  void reservesFromABlockThatOnlyThePeerHasConfirmedYet() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = UUID.randomUUID();
    pool.deposit(block(id, "bob", PQC, 2));
    try (KeyPool.Reservation reservation = pool.reserve("bob", chunk(id, 1)).orElseThrow()) {
      reservation.commit();
    }
    assertFalse(reservable(pool, "bob", chunk(id, 1)));
    assertTrue(pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).isEmpty());
  }

  @Test
  void reservesOnceAtATime() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 2);
    KeyPool.Reservation first = pool.reserve("bob", chunk(id, 1)).orElseThrow();
    assertTrue(holds(first.key()));
    assertTrue(pool.reserve("bob", chunk(id, 1)).isEmpty());
    Secret secret = first.key().secret();
    first.close();
    first.close();
    assertThrows(IllegalStateException.class, () -> secret.use(o -> {}));
    assertTrue(reservable(pool, "bob", chunk(id, 1)), "a forged ID burns nothing");
  }

  @Test
  void commitConsumesForGood() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 4);
    Key key;
    try (KeyPool.Reservation reservation = pool.reserve("bob", chunk(id, 3)).orElseThrow()) {
      key = reservation.key();
      reservation.commit();
    }
    assertTrue(holds(key), "the caller owns the secret after commit");
    assertFalse(reservable(pool, "bob", chunk(id, 3)));
    assertTrue(reservable(pool, "bob", chunk(id, 1)));
  }

  @Test
  void servesTwoEndsThatUseEveryChunkOnce() throws Exception {
    KeyPool alice = open("alice", false, clock);
    KeyPool bob = open("bob", false, clock);
    UUID id = UUID.randomUUID();
    alice.deposit(block(id, "bob", PQC, 9));
    bob.deposit(block(id, "alice", PQC, 9));
    alice.confirm("bob", id);
    bob.confirm("alice", id);
    assertEquals(5, drain(alice, "bob", bob, "alice"));
    assertEquals(4, drain(bob, "alice", alice, "bob"));
    for (KeyPool pool : List.of(alice, bob)) {
      pool.stocks().forEach(stock -> assertEquals(0, stock.own() + stock.peers()));
    }
  }

  private static int drain(KeyPool taker, String to, KeyPool receiver, String from) {
    int keys = 0;
    Optional<Key> key = taker.take(to, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY);
    for (;
        key.isPresent();
        key = taker.take(to, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY)) {
      try (KeyPool.Reservation reservation = receiver.reserve(from, key.get().id()).orElseThrow()) {
        assertTrue(reservation.key().secret().matches(key.get().secret()));
        assertEquals(key.get().origin(), reservation.key().origin());
        reservation.commit();
      }
      keys++;
    }
    return keys;
  }

  @Test
  void wipesWhatHasExpired() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 2);
    UUID open = UUID.randomUUID();
    pool.deposit(block(open, "bob", PQC, 2));
    clock.advance(HOUR.plusSeconds(1));
    assertTrue(pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).isEmpty());
    assertFalse(reservable(pool, "bob", chunk(id, 1)));
    assertTrue(pool.unconfirmed("bob").isEmpty());
    assertFalse(pool.confirm("bob", open));
    pool.deposit(block(id, "bob", PQC, 2));
    assertTrue(pool.unconfirmed("bob").isEmpty(), "an expired block does not come back");
  }

  private static Optional<Key> take(KeyPool pool, int chunks) {
    return pool.take("bob", KeyPool.Purpose.MESSAGE, chunks * CHUNK, ANY);
  }

  @Test
  void takesKeysOfSeveralChunksFromOneLane() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 9);
    Key one = take(pool, 1).orElseThrow();
    Key three = take(pool, 3).orElseThrow();
    assertEquals(chunk(id, 0), one.id());
    assertEquals(new KeyId(id, 2 * CHUNK, 3 * CHUNK), three.id(), "chunks 2, 4 and 6");
    assertTrue(holds(three));
    assertTrue(take(pool, 2).isEmpty(), "one chunk is left");
    assertEquals(chunk(id, 8), take(pool, 1).orElseThrow().id());
  }

  @Test
  void takesFromTheOldestBlockThatHasItInOnePiece() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID small = confirmed(pool, "bob", 4);
    UUID large = confirmed(pool, "bob", 6);
    assertEquals(new KeyId(large, 0, 3 * CHUNK), take(pool, 3).orElseThrow().id());
    assertEquals(new KeyId(small, 0, 2 * CHUNK), take(pool, 2).orElseThrow().id());
    assertTrue(take(pool, 1).isEmpty(), "all of it is gone");
  }

  @Test
  void takesTheLongestKeyAndRefusesWhatIsNoLength() throws Exception {
    KeyPool pool = open("alice", false, clock);
    int most = KeyPool.MAX_KEY_OCTETS / CHUNK;
    confirmed(pool, "bob", 2 * most);
    Key key = take(pool, most).orElseThrow();
    assertEquals(KeyPool.MAX_KEY_OCTETS, key.secret().length());
    assertTrue(holds(key));
    for (int octets : List.of(-CHUNK, 0, 1, CHUNK + 1, KeyPool.MAX_KEY_OCTETS + CHUNK)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> pool.take("bob", KeyPool.Purpose.MESSAGE, octets, ANY),
          "octets=" + octets);
    }
  }

  @Test
  void reservesKeysOfSeveralChunksAsOne() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 10);
    KeyId three = new KeyId(id, 3 * CHUNK, 3 * CHUNK);
    KeyPool.Reservation reservation = pool.reserve("bob", three).orElseThrow();
    assertTrue(holds(reservation.key()));
    assertFalse(reservable(pool, "bob", chunk(id, 5)), "a part of it");
    assertFalse(reservable(pool, "bob", new KeyId(id, CHUNK, 2 * CHUNK)), "overlaps it");
    assertTrue(reservable(pool, "bob", chunk(id, 1)));
    assertTrue(reservable(pool, "bob", chunk(id, 9)));
    reservation.close();
    assertTrue(reservable(pool, "bob", three), "a forged ID burns nothing");
    try (KeyPool.Reservation again = pool.reserve("bob", three).orElseThrow()) {
      again.commit();
    }
    for (int chunk : List.of(3, 5, 7)) {
      assertFalse(reservable(pool, "bob", chunk(id, chunk)), "chunk=" + chunk);
    }
    assertFalse(reservable(pool, "bob", three));
    assertFalse(reservable(pool, "bob", new KeyId(id, 9 * CHUNK, 2 * CHUNK)), "behind the end");
    assertTrue(reservable(pool, "bob", chunk(id, 9)));
  }

  @Test
  void givesPresharedKeyForAuthenticationOnly() throws Exception {
    KeyPool pool = open("alice", false, clock);
    KeyOrigin preshared = new KeyOrigin(KeyOrigin.Kind.PRESHARED, false, false, Map.of());
    UUID id = UUID.randomUUID();
    pool.deposit(block(id, "bob", preshared, 4));
    pool.confirm("bob", id);
    KeyPool.Stock stock = pool.stocks().get(0);
    for (KeyPool.Purpose purpose : List.of(KeyPool.Purpose.MESSAGE, KeyPool.Purpose.PAD)) {
      assertTrue(pool.take("bob", purpose, CHUNK, ANY).isEmpty(), purpose.toString());
      assertFalse(stock.gives(purpose), purpose.toString());
    }
    assertTrue(stock.gives(KeyPool.Purpose.AUTHENTICATION));
    assertEquals(
        new KeyId(id, 0, 2 * CHUNK),
        pool.take("bob", KeyPool.Purpose.AUTHENTICATION, 2 * CHUNK, ANY).orElseThrow().id());
  }

  @Test
  void isReadyForMessagesAsSoonAsThereIsKey() throws Exception {
    KeyPool pool = open("alice", false, clock);
    for (int round = 0; round < 3; round++) {
      confirmed(pool, "bob", 2);
      assertTrue(pool.stocks().get(0).gives(KeyPool.Purpose.MESSAGE), "round=" + round);
      assertTrue(take(pool, 1).isPresent(), "round=" + round);
      assertTrue(take(pool, 1).isEmpty(), "round=" + round);
    }
  }

  @Test
  void tellsItsStocks() throws Exception {
    KeyPool pool = open("alice", true, clock);
    confirmed(pool, "carol", 2);
    UUID id = confirmed(pool, "bob", 5);
    pool.deposit(block(UUID.randomUUID(), "bob", PQC, 3));
    pool.deposit(block(UUID.randomUUID(), "bob", SIMULATED, 1));
    pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY)
        .orElseThrow()
        .secret()
        .destroy();
    try (KeyPool.Reservation reservation = pool.reserve("bob", chunk(id, 1)).orElseThrow()) {
      reservation.commit();
    }
    List<KeyPool.Stock> stocks = pool.stocks();
    assertEquals(stocks, pool.stocks());
    assertEquals(3, stocks.size());
    KeyPool.Stock bob =
        stocks.stream()
            .filter(s -> s.peer().equals("bob") && s.origin().kind() == KeyOrigin.Kind.PQC)
            .findFirst()
            .orElseThrow();
    assertEquals(2L * CHUNK, bob.own());
    assertEquals(1L * CHUNK, bob.peers());
    assertEquals(3L * CHUNK, bob.unconfirmed());
    assertEquals(1, bob.taken());
    assertEquals(1, bob.committed());
    KeyPool.Stock simulated =
        stocks.stream().filter(s -> s.origin().simulated()).findFirst().orElseThrow();
    assertEquals(KeyOrigin.Kind.QKD, simulated.origin().kind());
    assertEquals(1L * CHUNK, simulated.unconfirmed());
  }

  @Test
  void copiesTheBlockAtDeposit() throws Exception {
    KeyPool pool = open("alice", false, clock);
    UUID id = UUID.randomUUID();
    KeyBlock block = block(id, "bob", PQC, 1);
    pool.deposit(block);
    block.octets().destroy();
    pool.confirm("bob", id);
    assertTrue(
        holds(pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY).orElseThrow()));
  }

  @Test
  void givesConcurrentTakersDifferentKeys() throws Exception {
    KeyPool pool = open("alice", false, clock);
    for (int i = 0; i < 4; i++) {
      confirmed(pool, "bob", 64);
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<KeyId>>> takers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        takers.add(threads.submit(() -> takeAll(pool)));
      }
      List<KeyId> taken = new ArrayList<>();
      for (Future<List<KeyId>> taker : takers) {
        taken.addAll(taker.get());
      }
      Set<KeyId> different = new HashSet<>(taken);
      assertEquals(4 * 32, taken.size());
      assertEquals(taken.size(), different.size());
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<KeyId> takeAll(KeyPool pool) {
    List<KeyId> taken = new ArrayList<>();
    Optional<Key> key = pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY);
    for (;
        key.isPresent();
        key = pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, ANY)) {
      assertTrue(holds(key.get()));
      taken.add(key.get().id());
    }
    return taken;
  }
}
