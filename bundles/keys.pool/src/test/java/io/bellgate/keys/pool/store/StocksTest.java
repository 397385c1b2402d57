package io.bellgate.keys.pool.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.KeyPool.Purpose;
import io.bellgate.api.keys.KeyPool.State;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For whom a stock is: 10 chunks are ready, under 6 warn, 2 are for tag keys. */
class StocksTest {
  private static final int CHUNK = KeyPool.CHUNK_OCTETS;
  private static final KeyOrigin QKD =
      new KeyOrigin(KeyOrigin.Kind.QKD, false, false, Map.of("protocol", "BB84"));
  private static final Levels LEVELS =
      Levels.of(
          new String[] {"QKD=" + 10 * CHUNK, "carol/QKD=" + 3 * CHUNK},
          new String[] {"QKD=" + 6 * CHUNK, "carol/QKD=" + 3 * CHUNK},
          new String[] {"QKD=" + 2 * CHUNK});

  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();
  private Ledger ledger;

  @BeforeEach
  void open() throws IOException {
    Files.createDirectories(folder.resolve("pool"));
    SeededBits bits = new SeededBits(1);
    ledger =
        new Ledger(
            new Place(folder.resolve("pool"), folder.resolve("pool.key"), "alice", false),
            new Surroundings(
                Disk.FILES, clock, () -> LEVELS, () -> bits, AllWitnessed.YES, Optional.empty()));
  }

  @AfterEach
  void close() throws IOException {
    ledger.close(true);
  }

  /** So many own chunks. */
  private void deposit(String peer, KeyOrigin origin, int chunks) throws IOException {
    UUID id = UUID.randomUUID();
    Secret octets = Secret.absorb(new byte[2 * chunks * CHUNK]);
    ledger
        .keys()
        .deposit(new KeyBlock(id, peer, origin, octets, Duration.ofHours(1)), new SeededBits(2));
    ledger.keys().confirm(peer, id);
    ledger.commit();
  }

  private KeyPool.Stock stock(String peer) {
    return ledger.stocks().stream().filter(s -> s.peer().equals(peer)).findFirst().orElseThrow();
  }

  private boolean take(String peer, Purpose purpose, int chunks) throws IOException {
    boolean said = stock(peer).gives(purpose);
    boolean taken =
        ledger.keys().take(new Keys.Order(peer, purpose, chunks, Set.of(QKD))).isPresent();
    ledger.commit();
    assertTrue(said || !taken, "given out although the stock says no");
    return taken;
  }

  @Test
  void chargesUntilItIsReadyAndFallsByPurpose() throws Exception {
    deposit("bob", QKD, 5);
    assertEquals(State.CHARGING, stock("bob").state());
    assertFalse(take("bob", Purpose.MESSAGE, 1));
    assertTrue(take("bob", Purpose.AUTHENTICATION, 1));
    deposit("bob", QKD, 7);
    assertEquals(State.READY, stock("bob").state(), "11 chunks");
    assertTrue(take("bob", Purpose.PAD, 5), "6 are left");
    assertFalse(take("bob", Purpose.PAD, 1), "the warning level is for messages");
    assertTrue(take("bob", Purpose.MESSAGE, 1));
    assertEquals(State.WARNING, stock("bob").state());
    assertFalse(take("bob", Purpose.PAD, 1));
    assertFalse(take("bob", Purpose.MESSAGE, 4), "it would touch the reserve");
    assertTrue(take("bob", Purpose.MESSAGE, 3));
    assertEquals(State.EMPTY, stock("bob").state(), "2 are left for tags");
    assertFalse(take("bob", Purpose.MESSAGE, 1));
    assertTrue(take("bob", Purpose.AUTHENTICATION, 1));
    assertTrue(take("bob", Purpose.AUTHENTICATION, 1), "down to the last");
    assertFalse(take("bob", Purpose.AUTHENTICATION, 1));
    deposit("bob", QKD, 9);
    assertEquals(State.CHARGING, stock("bob").state());
    deposit("bob", QKD, 1);
    assertEquals(State.READY, stock("bob").state());
  }

  @Test
  void goesByThePeersOwnLevels() throws Exception {
    deposit("carol", QKD, 3);
    assertEquals(State.READY, stock("carol").state());
  }

  @Test
  void tellsWhenItRunsEmpty() throws Exception {
    deposit("bob", QKD, 200);
    assertEquals(-1, stock("bob").secondsToEmpty());
    for (int i = 0; i < 180; i++) {
      assertTrue(take("bob", Purpose.MESSAGE, 1));
      clock.advance(Duration.ofSeconds(2));
    }
    long left = (200 - 180 - 2) * 2;
    long told = stock("bob").secondsToEmpty();
    assertTrue(told > left * 0.8 && told < left * 1.2, "left=" + left + " told=" + told);
    clock.advance(Duration.ofMinutes(10));
    assertTrue(stock("bob").secondsToEmpty() > 1000, "hardly anything was used of late");
    clock.advance(Duration.ofMinutes(20));
    assertEquals(-1, stock("bob").secondsToEmpty());
  }

  @Test
  void bearsAClockThatJumps() throws Exception {
    deposit("bob", QKD, 50);
    take("bob", Purpose.MESSAGE, 1);
    long before = stock("bob").secondsToEmpty();
    clock.advance(Duration.ofDays(-400));
    take("bob", Purpose.MESSAGE, 1);
    assertTrue(stock("bob").secondsToEmpty() <= before);
    clock.advance(Duration.ofDays(800));
    ledger.sweep();
    assertEquals(State.EMPTY, stock("bob").state());
    assertFalse(take("bob", Purpose.AUTHENTICATION, 1), "expired");
  }

  @Test
  void refusesLevelsThatMakeNoSense() {
    String[] none = {};
    for (String[][] lines :
        new String[][][] {
          {{"QKD"}, none, none},
          {{"XYZ=1"}, none, none},
          {{"PRESHARED=1"}, none, none},
          {none, {"QKD=-1"}, none},
          {none, {"QKD=64"}, none},
          {{"PQC=64"}, {"PQC=64"}, {"PQC=32"}},
        }) {
      assertThrows(IllegalArgumentException.class, () -> Levels.of(lines[0], lines[1], lines[2]));
    }
  }
}
