package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.gateway.router.protect.Malformed;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumbersTest {
  private static final int SERIES = 3;
  private static final long BASE = Series.transfer(SERIES, 0);

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
    return store.write(() -> numbers.next(SERIES)).join();
  }

  @Test
  void countUpOnceThePeerWasGreeted() {
    Numbers numbers = run();
    assertFalse(numbers.greeted(List.of()));
    assertEquals(BASE + 1, next(numbers));
    assertEquals(BASE + 2, next(numbers));
    Numbers later = run();
    assertFalse(later.greeted(List.of(BASE + 2)));
    assertEquals(BASE + 3, next(later));
    assertEquals(BASE + 4, later.upcoming(SERIES));
  }

  @Test
  void beginFarAheadBeforeThePeerWasGreetedAndThenCountUp() {
    Numbers numbers = run();
    long first = next(numbers);
    assertTrue(first > BASE + 1_000_000, "first=" + first);
    assertEquals(first + 1, next(numbers));
    assertFalse(numbers.greeted(List.of()));
    assertEquals(first + 2, next(numbers));
    assertTrue(next(run()) > first + 1_000_000);
  }

  @Test
  void goOnAboveWhatThePeerHasSeenAndSayIfTheyNeverGaveIt() {
    Numbers numbers = run();
    assertTrue(numbers.greeted(List.of(BASE + 1)));
    assertEquals(BASE + 2, next(numbers));
    Numbers restored = run();
    long first = next(restored);
    assertTrue(
        restored.greeted(List.of(BASE + 7)),
        "it lies under what is numbered already, but is of no run");
    assertEquals(first + 1, next(restored));
    assertFalse(restored.greeted(List.of(first + 1)));
    assertTrue(restored.greeted(List.of(first + 50)));
    assertEquals(first + 51, next(restored));
  }

  @Test
  void areNotUsedUpByAPeerThatHasSeenTheLast() {
    Numbers numbers = run();
    assertThrows(Malformed.class, () -> numbers.greeted(List.of(Long.MAX_VALUE)));
    assertFalse(numbers.greeted(List.of()));
    assertEquals(BASE + 1, next(numbers));
  }

  @Test
  void countEachSeriesForItself() {
    Numbers numbers = run();
    assertTrue(numbers.greeted(List.of(5L, BASE + 7)));
    assertEquals(BASE + 8, next(numbers));
    assertEquals(6, store.write(() -> numbers.next(0)).join());
    assertEquals(Series.transfer(1, 1), store.write(() -> numbers.next(1)).join());
    assertThrows(
        Malformed.class, () -> numbers.greeted(List.of(Series.transfer(Series.MOST - 1, 0) * 2)));
  }
}
