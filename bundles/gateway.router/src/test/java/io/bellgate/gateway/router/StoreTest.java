package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.journal.Disk;
import io.bellgate.journal.FullDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store's promises, but for the power cut. */
class StoreTest {
  @TempDir Path folder;
  private Store store;

  private Path file() {
    return folder.resolve("router/router.journal");
  }

  private Store open(Disk.Folder disk, long smallOctets) {
    close();
    store = new Store(disk, folder.resolve("router"), true, smallOctets);
    return store;
  }

  private Store open() {
    return open(Disk.FILES, 4 << 20);
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
    store = null;
  }

  private void put(long key, int octets) {
    put(store, key, octets).join();
  }

  private static CompletableFuture<Void> put(Store store, long key, int octets) {
    return store.write(
        () -> {
          store.numbered("a").put(key, new byte[octets]);
          return null;
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void keepsTablesAndTheirNamesOverARestart() {
    open();
    store
        .write(
            () -> {
              store.numbered("out.bob").put(7L, new byte[] {1});
              store.numbered("out.carol").put(1L, new byte[] {2});
              store.numbered("out.carol").remove(1L);
              store.named("meta").put("x", new byte[] {3});
              return null;
            })
        .join();
    store.later(() -> store.named("meta").put("y", new byte[] {4}));
    open();
    assertEquals(List.of("bob", "carol"), store.names("out."));
    assertArrayEquals(new byte[] {1}, store.numbered("out.bob").get(7L));
    assertEquals(0, store.numbered("out.carol").size());
    assertArrayEquals(new byte[] {3}, store.named("meta").get("x"));
    assertArrayEquals(new byte[] {4}, store.named("meta").get("y"), "close writes what is queued");
    assertThrows(IllegalArgumentException.class, () -> store.named("out.bob"));
  }

  @Test
  void takesBackAllOfAChangeThatThrows() {
    open();
    put(1, 10);
    CountDownLatch all = new CountDownLatch(1);
    store.later(() -> await(all));
    CompletableFuture<Void> before = put(store, 2, 10);
    CompletableFuture<Void> throwing =
        store.write(
            () -> {
              store.numbered("a").put(3L, new byte[10]);
              store.numbered("a").put(2L, new byte[30]);
              store.numbered("a").remove(1L);
              store.named("b").put("x", new byte[10]);
              throw new IllegalArgumentException("no");
            });
    CompletableFuture<Void> after = put(store, 4, 10);
    all.countDown();
    before.join();
    after.join();
    assertThrows(CompletionException.class, throwing::join);
    for (int i = 0; i < 2; i++) {
      Table<Long> a = store.numbered("a");
      List<Long> keys = new ArrayList<>();
      a.forEach((key, value) -> keys.add(key));
      assertEquals(List.of(1L, 2L, 4L), keys);
      assertEquals(10, a.get(2L).length);
      assertEquals(3, a.size());
      assertEquals(3 * (128 + 10), a.heldOctets());
      assertNull(store.named("b").get("x"));
      open();
    }
  }

  @Test
  void showsOnlyWhatIsDurable() throws InterruptedException {
    open();
    CountDownLatch changed = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Integer> write =
        store.write(
            () -> {
              store.numbered("a").put(1L, new byte[5]);
              changed.countDown();
              await(go);
              return store.numbered("a").get(1L).length;
            });
    changed.await();
    assertNull(store.numbered("a").get(1L));
    assertNull(store.numbered("a").higherKey(0L));
    go.countDown();
    assertEquals(5, write.join(), "a change sees itself");
    assertEquals(1L, store.numbered("a").higherKey(0L));
    assertThrows(IllegalStateException.class, () -> store.numbered("a").remove(1L));
  }

  @Test
  void writesNothingWhereNothingChanged() {
    open();
    put(1, 10);
    long commits = store.commits();
    put(1, 10);
    assertEquals(commits, store.commits());
  }

  @Test
  void isForItsOwnerOnlyAndOpenOnce() throws IOException {
    open();
    put(1, 10);
    for (String name : List.of("", "router.journal", "router.lock")) {
      String mode =
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder.resolve("router").resolve(name)));
      assertTrue(mode.endsWith("------"), name + " " + mode);
    }
    assertThrows(IllegalStateException.class, () -> new Store(folder.resolve("router"), true));
  }

  @Test
  void staysSmallWhateverPasses() throws IOException {
    open(Disk.FILES, 20_000);
    for (int i = 0; i < 500; i++) {
      long key = i;
      put(key, 1_000);
      store.later(() -> store.numbered("a").remove(key - 5));
      assertTrue(Files.size(file()) < 60_000, "file is small");
    }
    open(Disk.FILES, 20_000);
    assertEquals(5, store.numbered("a").size());
    assertEquals(499, store.numbered("a").higherKey(498L));
  }

  @Test
  void compactsWhatIsLargerThanOneFrame() throws IOException {
    open(Disk.FILES, 20_000);
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 700; i++) {
        long key = i;
        byte[] value = new byte[1_000];
        Arrays.fill(value, (byte) (round + i));
        store.later(() -> store.numbered("a").put(key, value));
      }
      store.write(() -> null).join();
    }
    open();
    assertEquals(700, store.numbered("a").size());
    store.numbered("a").forEach((key, value) -> assertEquals((byte) (5 + key), value[999]));
    assertTrue(Files.size(file()) < 4 * 700 * 1_128 + 2_000_000, "file is compacted");
  }

  @Test
  void refusesADamagedFileButCutsATornTail() throws IOException {
    open();
    for (int i = 0; i < 3; i++) {
      put(i, 100);
    }
    close();
    byte[] whole = Files.readAllBytes(file());
    byte[] damaged = whole.clone();
    damaged[whole.length - 200] ^= 1;
    Files.write(file(), damaged);
    String message = assertThrows(IllegalStateException.class, this::open).getMessage();
    assertTrue(message.startsWith("BG-ROUTE-020"), message);
    assertTrue(message.contains("move the file away"), message);
    Files.write(file(), Arrays.copyOf(whole, whole.length - 1));
    open();
    assertEquals(2, store.numbered("a").size());
  }

  @Test
  void promisesNothingOnAFullDisk() {
    for (int room = 100; room < 12_000; room += 1_100) {
      open(new FullDisk(room), 4_000);
      List<Long> promised = new ArrayList<>();
      try {
        for (long key = 0; key < 50; key++) {
          put(key, 300);
          promised.add(key);
        }
      } catch (CompletionException | RejectedExecutionException full) {
        assertTrue(full.toString().contains("BG-ROUTE-021"), full.toString());
      }
      RuntimeException refused = assertThrows(RuntimeException.class, () -> put(99, 1));
      assertTrue(refused.toString().contains("RejectedExecutionException"), refused.toString());
      assertTrue(store.failure().contains("No space left"), store.failure());
      for (int i = 0; i < 5_000; i++) {
        store.later(() -> {}); // more than the queue takes, and does not wait
      }
      Store failed = store;
      assertEquals(promised.size(), count(failed), "readers see what was promised");
      open();
      assertEquals(promised.size(), count(store), "room=" + room);
      put(100, 1);
      assertEquals(promised.size() + 1, count(store));
      put(100, 2);
      close();
      deleteAll();
    }
  }

  private static int count(Store store) {
    List<Long> keys = new ArrayList<>();
    store.numbered("a").forEach((key, value) -> keys.add(key));
    return keys.size();
  }

  private void deleteAll() {
    try {
      Files.deleteIfExists(file());
      Files.deleteIfExists(file().resolveSibling("router.journal.next"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
