package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.journal.Disk;
import io.bellgate.journal.RecordedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is left after a power cut: un-synced writes are dropped, reordered and torn, and the store
 * is opened again. It must then hold what it held after some whole group, not before the last group
 * whose writers were told. {@code -Dpowercut.seed=N -Dpowercut.cuts=N} repeats or prolongs a run.
 */
class StorePowerCutTest {
  private static final long SEED = Long.getLong("powercut.seed", System.nanoTime());
  private static final int CUTS = Integer.getInteger("powercut.cuts", 600);
  private static final int CHANGES = 3_000;
  private static final long SMALL_OCTETS = 30_000;

  /** One put or, without a value, removal. */
  private record Op(String table, long key, byte[] value) {}

  /** A change as it was made, and whether it threw afterwards. */
  private record Step(List<Op> ops, boolean thrown) {}

  /** From this position of the disk's log on, so many changes have been promised. */
  private record Promise(int position, int changes) {}

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final List<Step> steps = new ArrayList<>();
  private final List<Promise> promises = new ArrayList<>();
  private final AtomicInteger applied = new AtomicInteger();
  private final Set<Integer> groupEnds = java.util.concurrent.ConcurrentHashMap.newKeySet();
  private final RecordedDisk disk = new RecordedDisk(() -> groupEnds.add(applied.get()));

  @Test
  void holdsWholeGroupsAndAllThatWasPromised() throws Exception {
    System.out.println("StorePowerCutTest seed=" + SEED + " cuts=" + CUTS);
    int first;
    try (Store store = new Store(disk, folder.resolve("live"), true, SMALL_OCTETS)) {
      first = disk.position();
      while (steps.size() < CHANGES) {
        group(store);
      }
    }
    int last = disk.position();
    assertTrue(disk.replacements() > 3, "the file was compacted under way");
    Files.createDirectory(folder.resolve("image"));
    Set<Integer> seen = new HashSet<>();
    for (int cut = 0; cut < CUTS; cut++) {
      seen.add(check(first + random.nextInt(last - first + 1)));
    }
    assertTrue(seen.size() > CUTS / 20, "cuts left many different states: " + seen.size());
  }

  /** Some changes at once, so that they share a commit; some of them nobody waits for. */
  private void group(Store store) {
    int size = 1 + random.nextInt(12);
    CountDownLatch all = new CountDownLatch(1);
    store.later(() -> await(all));
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Step step = step();
      steps.add(step);
      if (!step.thrown() && random.nextInt(4) == 0) {
        store.later(() -> run(store, step));
      } else {
        writes.add(store.write(() -> run(store, step)));
      }
    }
    int promised = steps.size();
    boolean lazyLast = writes.isEmpty();
    all.countDown();
    writes.forEach(w -> w.handle((done, thrown) -> done).join());
    if (!lazyLast) {
      // changes that are lazy and came last may have missed the group
      store.write(() -> null).join();
      promises.add(new Promise(disk.position(), Math.min(promised, lastDurable())));
    }
  }

  private int lastDurable() {
    return groupEnds.stream().mapToInt(n -> n).max().orElse(0);
  }

  private Step step() {
    List<Op> ops = new ArrayList<>();
    ops.add(new Op("meta", 0, new byte[] {(byte) steps.size(), (byte) (steps.size() >> 8)}));
    for (int i = random.nextInt(4); i >= 0; i--) {
      String table = "t" + random.nextInt(3);
      byte[] value = new byte[random.nextInt(random.nextInt(20) == 0 ? 3_000 : 300)];
      random.nextBytes(value);
      ops.add(new Op(table, random.nextInt(60), random.nextInt(3) == 0 ? null : value));
    }
    return new Step(ops, random.nextInt(10) == 0);
  }

  private Void run(Store store, Step step) {
    applied.incrementAndGet();
    for (Op op : step.ops()) {
      Table<Long> table = store.numbered(op.table());
      if (op.value() == null) {
        table.remove(op.key());
      } else {
        table.put(op.key(), op.value());
      }
    }
    if (step.thrown()) {
      throw new IllegalArgumentException("a change that throws, as it should now and then");
    }
    return null;
  }

  /** Opens what a cut left and returns how many changes are in it. */
  private int check(int position) throws Exception {
    String where = "seed=" + SEED + " position=" + position;
    disk.image(position, random, folder.resolve("image/router.journal"));
    int promised =
        promises.stream()
            .filter(p -> p.position() <= position)
            .mapToInt(Promise::changes)
            .max()
            .orElse(0);
    try (Store store = new Store(Disk.FILES, folder.resolve("image"), true, SMALL_OCTETS)) {
      Map<String, Map<Long, String>> found = new TreeMap<>();
      for (String name : store.names("")) {
        Map<Long, String> table = new TreeMap<>();
        store.numbered(name).forEach((key, value) -> table.put(key, text(value)));
        found.put(name, table);
      }
      found.values().removeIf(Map::isEmpty);
      byte[] meta = store.numbered("meta").get(0L);
      int changes = meta == null ? 0 : 1 + (meta[0] & 255) + 256 * (meta[1] & 255);
      while (changes < steps.size() && steps.get(changes).thrown()) {
        changes++; // they leave no trace
      }
      assertTrue(changes >= promised, "a promised change was lost: " + where);
      assertEquals(model(changes), found, "the state after a number of changes: " + where);
      assertTrue(endsAGroup(changes), "a group is whole: changes=" + changes + " " + where);
      return changes;
    }
  }

  private boolean endsAGroup(int changes) {
    for (int end = changes; end >= 0; end--) {
      if (groupEnds.contains(end) || end == 0) {
        return true;
      }
      if (!steps.get(end - 1).thrown()) {
        return false;
      }
    }
    return true;
  }

  private Map<String, Map<Long, String>> model(int changes) {
    Map<String, Map<Long, String>> model = new TreeMap<>();
    for (Step step : steps.subList(0, changes)) {
      for (Op op : step.thrown() ? List.<Op>of() : step.ops()) {
        Map<Long, String> table = model.computeIfAbsent(op.table(), t -> new TreeMap<>());
        if (op.value() == null) {
          table.remove(op.key());
        } else {
          table.put(op.key(), text(op.value()));
        }
      }
    }
    model.values().removeIf(Map::isEmpty);
    return model;
  }

  private static String text(byte[] value) {
    return value.length + ":" + java.util.Arrays.hashCode(value);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
