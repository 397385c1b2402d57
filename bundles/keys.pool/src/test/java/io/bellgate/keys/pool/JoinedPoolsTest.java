package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two pools that stand witness for each other, one story per test. */
class JoinedPoolsTest {
  private static final KeyPool.Purpose MESSAGE = KeyPool.Purpose.MESSAGE;

  @TempDir Path folder;
  private Joined joined;

  @BeforeEach
  void open() throws Exception {
    joined = new Joined(folder, 1);
  }

  @AfterEach
  void close() throws Exception {
    joined.close();
  }

  private Optional<KeyId> take(Joined.Site site) {
    return site.take(site.now, MESSAGE, 1);
  }

  private long own(Joined.Site site) {
    return site.pool().stocks().stream().mapToLong(KeyPool.Stock::own).sum();
  }

  private int takeAll(Joined.Site site) {
    int keys = 0;
    for (int tries = 0; tries < 3; joined.settle()) {
      while (take(site).isPresent()) {
        keys++;
        tries = 0;
      }
      tries++;
    }
    return keys;
  }

  @Test
  void takesNothingBeforeTheyHaveMet() {
    UUID id = joined.deposit(Joined.PQC, 8, true, true);
    assertTrue(take(joined.alice).isEmpty());
    assertThrows(Gone.class, () -> joined.bob.pool().reserve("alice", new KeyId(id, 0, 32)));
    joined.settle();
    KeyId key = take(joined.alice).orElseThrow();
    assertTrue(joined.bob.receive(key, true));
  }

  /** Who replies deposits first, and may report the block before the other end has it. */
  @Test
  void burnsNothingOfABlockThatIsMadeDuringAHello() throws Exception {
    for (int steps = 0; steps < 40; steps++) {
      joined.close();
      joined = new Joined(Files.createDirectory(folder.resolve("after-" + steps)), steps);
      UUID id = new UUID(1, steps);
      joined.deposit(joined.bob, id, Joined.PQC, 16);
      joined.connect();
      for (int i = 0; i < steps; i++) {
        joined.step();
      }
      joined.deposit(joined.alice, id, Joined.PQC, 16);
      joined.bob.pool().confirm("alice", id);
      joined.alice.pool().confirm("bob", id);
      joined.settle();
      assertEquals(8, takeAll(joined.bob), "seed and steps=" + steps);
      assertEquals(8, takeAll(joined.alice), "seed and steps=" + steps);
    }
  }

  @Test
  void asksForLeasesRightAfterConfirmation() {
    joined.settle();
    joined.deposit(Joined.PQC, 64, true, true);
    joined.settle();
    assertTrue(joined.alice.take(joined.alice.now, MESSAGE, 4).isPresent());
    assertTrue(joined.bob.take(joined.bob.now, MESSAGE, 2).isPresent());
  }

  @Test
  void leasesAsMuchAsALongKeyWants() {
    joined.settle();
    joined.deposit(Joined.PQC, 64, true, true);
    joined.settle();
    assertTrue(joined.alice.take(joined.alice.now, MESSAGE, 20).isEmpty(), "4 are leased");
    joined.settle();
    assertTrue(joined.alice.take(joined.alice.now, MESSAGE, 20).isPresent());
    assertEquals(12, takeAll(joined.alice));
  }

  @Test
  void reservesOnlyWhatWasWitnessed() {
    joined.settle();
    UUID id = joined.deposit(Joined.PQC, 64, true, true);
    joined.settle();
    assertTrue(joined.bob.receive(new KeyId(id, 6 * 32, 32), false), "below the mark");
    assertFalse(joined.bob.receive(new KeyId(id, 8 * 32, 32), false), "above it: not taken");
  }

  @Test
  void losesNothingInACleanRestart() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 16, true, true);
    joined.settle();
    KeyId key = take(joined.alice).orElseThrow();
    joined.alice.restart(false);
    assertTrue(take(joined.alice).isEmpty(), "a new run begins with a hello");
    joined.settle();
    joined.bob.restart(false);
    joined.settle();
    assertTrue(joined.bob.receive(key, true), "what was on the way arrives");
    assertEquals(7, takeAll(joined.alice));
    assertEquals(8, takeAll(joined.bob));
    assertEquals(0, joined.found());
  }

  @Test
  void burnsWhatWasWitnessedInACrash() throws Exception {
    joined.settle();
    UUID id = joined.deposit(Joined.PQC, 16, true, true);
    joined.settle();
    take(joined.alice).orElseThrow();
    joined.alice.restart(true);
    joined.settle();
    assertEquals(4, takeAll(joined.alice), "4 of 8 were leased");
    assertFalse(joined.bob.receive(new KeyId(id, 2 * 32, 32), false), "burnt there, too");
    assertEquals(8, takeAll(joined.bob), "its own were not");
    assertEquals(0, joined.found());
  }

  /** A carried secret that was gone after two crashes would have to be carried again. */
  @Test
  void losesASmallPartOfAStockInACrash() throws Exception {
    joined.close();
    joined = new Joined(Files.createDirectory(folder.resolve("another")), 1, 256);
    joined.settle();
    joined.deposit(Joined.PQC, 1_024, true, true);
    joined.settle();
    for (int crashes = 0; crashes < 10; crashes++) {
      take(joined.alice).orElseThrow();
      joined.alice.restart(true);
      joined.settle();
    }
    assertTrue(own(joined.alice) > 256 * 32, () -> "own=" + own(joined.alice));
  }

  @Test
  void burnsWhatItMayHaveReceivedBeforeACrash() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 16, true, true);
    joined.settle();
    KeyId key = take(joined.alice).orElseThrow();
    joined.bob.restart(true);
    joined.settle();
    assertFalse(joined.bob.receive(key, true), "a replay would look the same");
    assertTrue(joined.bob.receive(take(joined.alice).orElseThrow(), true));
  }

  @Test
  void goesOnWithItsRunThroughASwap() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 16, true, true);
    joined.settle();
    KeyId before = take(joined.alice).orElseThrow();
    joined.alice.swap(2);
    assertTrue(take(joined.alice).isPresent(), "leases are kept");
    joined.bob.swap(2);
    assertTrue(joined.bob.receive(before, true), "they have met");
    joined.settle();
    assertEquals(6, takeAll(joined.alice));
  }

  @Test
  void beginsANewRunInsideTheSessionIfTheSuccessorIsOlder() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 16, true, true);
    joined.settle();
    take(joined.alice).orElseThrow();
    joined.alice.swap(1);
    assertTrue(take(joined.alice).isEmpty());
    joined.settle();
    assertEquals(7, takeAll(joined.alice), "it had ended cleanly");
  }

  @Test
  void coversACopyMadeInTheGapOfASwap() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 16, true, true);
    joined.settle();
    take(joined.alice).orElseThrow();
    Path gap = joined.alice.swap(2);
    for (int left = 2; left > 0; left--) {
      take(joined.alice).orElseThrow();
    }
    joined.alice.restore(gap, true);
    joined.settle();
    assertEquals(4, takeAll(joined.alice), "what was leased is burnt");
  }

  @Test
  void burnsWhatItMayHaveReceivedFromABlockThatThePeerHasUsedUp() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 2, true, true);
    joined.settle();
    Path copy = joined.bob.now.copy();
    KeyId key = take(joined.alice).orElseThrow();
    assertTrue(joined.alice.receive(take(joined.bob).orElseThrow(), true));
    assertTrue(joined.bob.receive(key, true));
    joined.bob.restore(copy, true);
    joined.settle();
    assertFalse(joined.bob.receive(key, true), "accepted before");
    assertEquals(0, takeAll(joined.bob));
  }

  @Test
  void discardsEverythingOfARestoredStoreAtBothEnds() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 16, true, true);
    joined.deposit(Joined.PQC, 16, false, false);
    joined.settle();
    Path copy = joined.alice.now.copy();
    takeAll(joined.alice);
    joined.alice.restart(false);
    joined.settle();
    joined.alice.restore(copy, false);
    joined.settle();
    assertEquals(2, joined.found(), "each end has found it");
    for (Joined.Site site : List.of(joined.alice, joined.bob)) {
      assertTrue(site.pool().unconfirmed(site.other().name).isEmpty());
      assertEquals(0, own(site));
    }
    joined.deposit(Joined.PQC, 8, true, true);
    joined.settle();
    assertEquals(4, takeAll(joined.alice), "and goes on");
  }

  @Test
  void coversACopyOfTheSameRunByTheMarks() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 32, true, true);
    joined.settle();
    Path copy = joined.alice.now.copy();
    for (int i = 0; i < 7; i++) {
      take(joined.alice).orElseThrow();
      joined.settle();
    }
    joined.alice.restore(copy, true);
    joined.settle();
    int left = takeAll(joined.alice);
    assertTrue(left <= 9 && left >= 5, "left=" + left);
    assertEquals(0, joined.found());
  }

  @Test
  void findsARestoredWitness() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 32, true, true);
    joined.settle();
    Path copy = joined.bob.now.copy();
    takeAll(joined.alice);
    joined.bob.restart(false);
    joined.settle();
    joined.bob.restore(copy, false);
    joined.settle();
    assertEquals(2, joined.found());
  }

  @Test
  void losesNothingIfItStartsOftenWhileThePeerIsAway() throws Exception {
    joined.settle();
    joined.deposit(Joined.PQC, 16, true, true);
    joined.settle();
    joined.disconnect();
    for (int i = 0; i < 20; i++) {
      joined.alice.restart(false);
    }
    joined.settle();
    assertEquals(8, takeAll(joined.alice));
    assertEquals(0, joined.found());
  }

  @Test
  void hearsOfASessionThatChangedWhileItWasParked() throws Exception {
    joined.settle();
    joined.alice.now.parkedWhile(
        () -> {
          joined.disconnect();
          joined.connect();
        });
    joined.settle();
    joined.deposit(Joined.PQC, 8, true, true);
    joined.settle();
    assertTrue(take(joined.alice).isPresent(), "the pools talk over the new session");
  }

  @Test
  void givesATailAwayToTheOneWhoRunsLow() throws Exception {
    joined.settle();
    joined.deposit(Joined.QKD, 128, true, true);
    joined.settle();
    int before = 0;
    while (own(joined.bob) > 128) {
      before += take(joined.bob).isPresent() ? 1 : 0;
      joined.settle();
      assertTrue(before <= 64);
    }
    before += take(joined.bob).isPresent() ? 1 : 0;
    joined.settle();
    assertEquals(1, joined.gifts());
    long bobs = own(joined.bob) / 32;
    assertEquals(64 - before + 30, bobs, "half of what alice had not leased");
    joined.alice.restart(true);
    joined.settle();
    int keys = 0;
    for (Optional<KeyId> key = take(joined.bob);
        key.isPresent();
        joined.settle(), key = take(joined.bob)) {
      keys++;
      assertTrue(joined.alice.receive(key.get(), true), "alice knows whose it is");
    }
    assertTrue(keys > 26, "keys=" + keys);
  }

  @Test
  void tellsOfAGiftAgainIfTheAnswerWasLost() throws Exception {
    joined.settle();
    joined.deposit(Joined.QKD, 128, true, true);
    joined.settle();
    while (own(joined.bob) >= 128 && joined.gifts() == 0) {
      take(joined.bob);
      joined.tick(10);
      joined.bob.now.pool.wake();
      for (int i = 0; i < 30 && own(joined.alice) == 64 * 32; i++) {
        joined.step();
      }
    }
    for (int i = 0; i < 2_000 && own(joined.alice) == 64 * 32; i++) {
      joined.step();
    }
    joined.disconnect();
    joined.settle();
    assertEquals(34 * 32, own(joined.alice));
    assertTrue(own(joined.bob) >= 30 * 32, "own=" + own(joined.bob));
  }
}
