package io.bellgate.keys.pqc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Two ends over a wire that works, fails, and lies. */
class KeyEstablishmentTest {
  private static final List<Suite> HYBRID = List.of(Suite.HYBRID);
  private static final List<Suite> BOTH = List.of(Suite.HYBRID, Suite.CLASSICAL);
  private static final long SEED = Long.getLong("establishment.seed", System.nanoTime());
  private static final int RUNS = Integer.getInteger("establishment.runs", 60);

  private static void assertSame(ScriptedWire wire, String where) {
    Map<UUID, byte[]> alice = wire.alice.pool.held(true);
    Map<UUID, byte[]> bob = wire.bob.pool.held(true);
    assertEquals(alice.keySet(), bob.keySet(), where);
    alice.forEach((id, octets) -> assertArrayEquals(octets, bob.get(id), where));
  }

  /** What is takeable at one end is held by the other, whether it has confirmed it yet or not. */
  private static void assertBacked(ScriptedWire.End end, String where) {
    Map<UUID, byte[]> others = end.other.pool.held(false);
    end.pool
        .held(true)
        .forEach((id, octets) -> assertArrayEquals(octets, others.get(id), where + " " + id));
  }

  @Test
  void fillsBothPoolsWithTheSameKeys() {
    ScriptedWire wire = new ScriptedWire(1, HYBRID);
    wire.connect();
    wire.settle();
    assertSame(wire, "");
    KeyPool.Stock stock = wire.alice.pool.stocks().get(0);
    assertTrue(stock.own() + stock.peers() >= 8 * KeyPool.CHUNK_OCTETS, stock.toString());
    Key key =
        wire.bob
            .pool
            .take("alice", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true)
            .orElseThrow();
    assertEquals(
        new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of("algorithm", "X25519+ML-KEM-768")),
        key.origin());
    assertTrue(
        wire.alice
            .pool
            .reserve("bob", key.id())
            .orElseThrow()
            .key()
            .secret()
            .matches(key.secret()));
  }

  @Test
  void makesNoClassicalKeysUnlessBothEndsAllowThem() {
    ScriptedWire wire = new ScriptedWire(2, HYBRID);
    wire.alice.settings = ScriptedWire.settings("alice", BOTH);
    wire.connect();
    wire.settle();
    assertEquals(1, wire.alice.pool.stocks().size());
    assertTrue(
        wire.bob
            .pool
            .take(
                "alice",
                KeyPool.Purpose.MESSAGE,
                KeyPool.CHUNK_OCTETS,
                o -> o.kind() == KeyOrigin.Kind.CLASSICAL)
            .isEmpty());
    wire.bob.settings = ScriptedWire.settings("bob", BOTH);
    wire.settle();
    assertTrue(
        wire.bob
            .pool
            .take(
                "alice",
                KeyPool.Purpose.MESSAGE,
                KeyPool.CHUNK_OCTETS,
                o -> o.kind() == KeyOrigin.Kind.CLASSICAL)
            .isPresent());
    assertSame(wire, "");
  }

  private static String algorithm(ScriptedWire.End end) {
    return end.pool
        .take(end.other.site, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true)
        .orElseThrow()
        .origin()
        .attributes()
        .get("algorithm");
  }

  @Test
  void makesKeysWithEachSuite() {
    for (Suite suite : List.of(Suite.HYBRID_1024, Suite.PURE_1024, Suite.HYBRID, Suite.CLASSICAL)) {
      ScriptedWire wire = new ScriptedWire(7, List.of(suite));
      wire.connect();
      wire.settle();
      assertSame(wire, suite.id());
      assertEquals(suite.id(), algorithm(wire.alice));
    }
  }

  @Test
  void takesTheNextSuiteThatItMayIfThePeerHasNotTheFirst() {
    ScriptedWire wire = new ScriptedWire(8, List.of(Suite.PURE_1024, Suite.HYBRID));
    wire.bob.settings = ScriptedWire.settings("bob", HYBRID);
    wire.connect();
    wire.settle();
    assertSame(wire, "");
    assertEquals(Suite.HYBRID.id(), algorithm(wire.alice));
  }

  @Test
  void makesNoKeysRatherThanWithASuiteThatItMayNotUse() {
    ScriptedWire wire = new ScriptedWire(9, List.of(Suite.PURE_1024));
    wire.bob.settings = ScriptedWire.settings("bob", HYBRID);
    wire.connect();
    wire.settle();
    assertEquals(List.of(), wire.alice.pool.stocks());
    assertEquals(List.of(), wire.bob.pool.stocks());
  }

  @Test
  void makesNothingWithHqcUnlessTheRegistryAllowsIt() {
    ScriptedWire wire = new ScriptedWire(10, List.of(Suite.EXPERIMENTAL));
    wire.connect();
    wire.settle();
    assertEquals(List.of(), wire.alice.pool.stocks());
    wire.registry = Experimental.allowed();
    wire.settle();
    assertSame(wire, "");
    assertEquals(Suite.EXPERIMENTAL.id(), algorithm(wire.alice));
  }

  @Test
  void refillsWhatIsUsedUpAtEitherEnd() {
    ScriptedWire wire = new ScriptedWire(3, HYBRID);
    wire.connect();
    wire.settle();
    for (ScriptedWire.End end : List.of(wire.alice, wire.bob)) {
      for (int i = 0; i < 40; i++) {
        Optional<Key> key =
            end.pool.take(end.other.site, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true);
        if (key.isEmpty()) {
          end.keys.wanted(end.other.site, KeyOrigin.Kind.PQC);
        }
        wire.tick(1000);
        wire.settle();
        assertTrue(
            end.pool
                .take(end.other.site, KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true)
                .isPresent(),
            "i=" + i);
      }
    }
  }

  @Test
  void goesOnWhenThePoolComesBack() {
    ScriptedWire wire = new ScriptedWire(4, HYBRID);
    wire.bob.reachable = null;
    wire.connect();
    wire.settle();
    assertEquals(0, wire.alice.pool.held(true).size());
    wire.bob.reachable = wire.bob.pool;
    wire.settle();
    assertSame(wire, "");
    assertTrue(wire.alice.pool.held(true).size() >= 2);
  }

  @Test
  void resolvesByIdWhatTheLastMessageLeftOpen() {
    ScriptedWire wire = new ScriptedWire(5, HYBRID);
    int openSeen = 0;
    for (int steps = 1; steps < 30; steps++) {
      wire.connect();
      for (int i = 0; i < steps; i++) {
        wire.step();
      }
      wire.disconnect();
      openSeen += wire.alice.pool.unconfirmed("bob").size();
      openSeen += wire.bob.pool.unconfirmed("alice").size();
      wire.connect();
      wire.settle();
      wire.disconnect();
      assertEquals(List.of(), wire.alice.pool.unconfirmed("bob"));
      assertEquals(List.of(), wire.bob.pool.unconfirmed("alice"));
      assertSame(wire, "steps=" + steps);
      drain(wire);
    }
    assertTrue(openSeen > 0, "the test never left anything open");
  }

  private static void drain(ScriptedWire wire) {
    wire.clock.advance(java.time.Duration.ofHours(2));
    assertEquals(List.of(), wire.alice.pool.stocks());
    assertEquals(List.of(), wire.bob.pool.stocks());
  }

  @Test
  void holdsTheSameOrNothingWhateverTheWireDoes() {
    System.out.println("KeyEstablishmentTest seed=" + SEED + " runs=" + RUNS);
    int made = 0;
    int open = 0;
    for (int run = 0; run < RUNS; run++) {
      long seed = SEED + run;
      ScriptedWire wire = new ScriptedWire(seed, run % 2 == 0 ? HYBRID : BOTH);
      wire.lossRate = wire.random.nextDouble() * 0.3;
      wire.garbleRate = wire.random.nextDouble() * 0.3;
      wire.connect();
      for (int i = 0; i < 150; i++) {
        wire.step();
        if (wire.random.nextInt(25) == 0) {
          wire.disconnect();
          wire.connect();
        }
        assertBacked(wire.alice, "seed=" + seed + " i=" + i);
        assertBacked(wire.bob, "seed=" + seed + " i=" + i);
      }
      open += wire.alice.pool.unconfirmed("bob").size();
      wire.disconnect();
      wire.connect();
      wire.settle();
      assertSame(wire, "seed=" + seed);
      assertEquals(List.of(), wire.alice.pool.unconfirmed("bob"), "seed=" + seed);
      assertEquals(List.of(), wire.bob.pool.unconfirmed("alice"), "seed=" + seed);
      made += wire.alice.pool.held(true).size();
    }
    assertTrue(made > RUNS, "made=" + made);
    assertTrue(open > 0, "the wire never left anything open");
  }

  private static void refused(ScriptedWire wire, byte[] message) {
    var answer = wire.bob.keys.handle("alice", message).toCompletableFuture();
    assertTrue(answer.isCompletedExceptionally(), () -> HexFormat.of().formatHex(message));
  }

  /** The digest is right: the fields are looked at. */
  @Test
  void refusesNoiseInWellSealedMessages() {
    ScriptedWire wire = new ScriptedWire(7, HYBRID);
    SeededBits bits = new SeededBits(7);
    Wire.Type[] questions = {Wire.Type.OFFER, Wire.Type.CONFIRM, Wire.Type.RESOLVE, Wire.Type.WANT};
    for (int i = 0; i < 4_000; i++) {
      byte[] noise = new byte[wire.random.nextInt(1_400)];
      wire.random.nextBytes(noise);
      Wire.Writer message = new Wire.Writer(questions[i % questions.length]);
      if (i % 2 == 0) { // what is read first makes sense
        message.id(BlockIds.draw(bits)).text(Suite.HYBRID.id()).number(64);
      }
      refused(wire, message.octets(noise).done());
    }
    assertEquals(Map.of(), wire.bob.pool.held(false));
  }

  @Test
  void refusesMalformedMessages() {
    ScriptedWire wire = new ScriptedWire(6, HYBRID);
    for (int i = 0; i < 2000; i++) {
      byte[] noise = new byte[wire.random.nextInt(64)];
      wire.random.nextBytes(noise);
      if (noise.length > 2 && i % 2 == 0) {
        noise[0] = 1;
        noise[1] = (byte) wire.random.nextInt(9);
      }
      refused(wire, noise);
    }
    assertEquals(Map.of(), wire.bob.pool.held(false));
  }
}
