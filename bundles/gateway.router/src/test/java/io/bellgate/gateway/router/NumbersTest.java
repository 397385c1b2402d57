package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.gateway.router.protect.Malformed;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumbersTest {
  @TempDir Path folder;
  private Store store;
  private Epoch epoch;

  @BeforeEach
  void open() {
    store = new Store(folder, false);
    epoch = new Epoch(store, new Random(20261125));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Numbers run() {
    return new Numbers("bob", epoch);
  }

  private long next(Numbers numbers) {
    return store.write(numbers::next).join();
  }

  @Test
  void countUpOnceThePeerWasGreeted() {
    Numbers numbers = run();
    assertFalse(numbers.greeted(-1));
    assertEquals(1, next(numbers));
    assertEquals(2, next(numbers));
    Numbers later = run();
    assertFalse(later.greeted(2));
    assertEquals(3, next(later));
    assertEquals(4, later.upcoming());
  }

  @Test
  void beginFarAheadBeforeThePeerWasGreetedAndThenCountUp() {
    Numbers numbers = run();
    long first = next(numbers);
    assertTrue(first > 1_000_000, "first=" + first);
    assertEquals(first + 1, next(numbers));
    assertFalse(numbers.greeted(-1));
    assertEquals(first + 2, next(numbers));
    assertTrue(next(run()) > first + 1_000_000);
  }

  @Test
  void goOnAboveWhatThePeerHasSeenAndSayIfTheyNeverGaveIt() {
    Numbers numbers = run();
    assertTrue(numbers.greeted(1));
    assertEquals(2, next(numbers));
    Numbers restored = run();
    long first = next(restored);
    assertTrue(restored.greeted(7), "it lies under what is numbered already, but is of no run");
    assertEquals(first + 1, next(restored));
    assertFalse(restored.greeted(first + 1));
    assertTrue(restored.greeted(first + 50));
    assertEquals(first + 51, next(restored));
  }

  @Test
  void areNotUsedUpByAPeerThatHasSeenTheLast() {
    Numbers numbers = run();
    assertThrows(Malformed.class, () -> numbers.greeted(Long.MAX_VALUE));
    assertFalse(numbers.greeted(-1));
    assertEquals(1, next(numbers));
  }
}
