package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.journal.Disk;
import io.bellgate.journal.RecordedDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is left after a power cut: un-synced writes are dropped, reordered and torn, and the store
 * is opened again. {@code -Dpowercut.seed=N -Dpowercut.cuts=N} repeats or prolongs a run.
 */
class PowerCutTest {
  private static final KeyOrigin PQC =
      new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of("algorithm", "X25519+ML-KEM-768"));
  private static final long SEED = Long.getLong("powercut.seed", System.nanoTime());
  private static final int CUTS = Integer.getInteger("powercut.cuts", 400);
  private static final int STEPS = 2000;

  /** From this position of the disk's log on, something holds. */
  private record Fact(int position, KeyId used, UUID confirmed) {}

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final RecordedDisk disk = new RecordedDisk();
  private final FakeClock clock = new FakeClock();
  private final Seal seal = new Seal(Secret.copyOf(new byte[32]));
  private final List<Fact> facts = new ArrayList<>();

  @Test
  void nothingUsedBeforeThePowerCutIsGivenOutAgain() throws Exception {
    System.out.println("PowerCutTest seed=" + SEED + " cuts=" + CUTS);
    Ledger ledger = new Ledger(disk, folder.resolve("pool.journal"), "alice", true, clock);
    int first = disk.position();
    for (int i = 0; i < STEPS; i++) {
      step(ledger);
    }
    int last = disk.position();
    for (int cut = 0; cut < CUTS; cut++) {
      check(first + random.nextInt(last - first + 1));
    }
    ledger.close();
  }

  private void step(Ledger ledger) throws IOException {
    Fact fact =
        switch (random.nextInt(8)) {
          case 0 -> deposit(ledger);
          case 1, 2 -> receive(ledger);
          default -> take(ledger);
        };
    ledger.commit();
    if (fact != null) {
      facts.add(new Fact(disk.position(), fact.used(), fact.confirmed()));
    }
  }

  private Fact deposit(Ledger ledger) throws IOException {
    UUID id = new UUID(random.nextLong(), random.nextLong());
    byte[] octets = new byte[(1 + random.nextInt(24)) * 32];
    new Random(id.getMostSignificantBits()).nextBytes(octets);
    KeyBlock block = new KeyBlock(id, "bob", PQC, Secret.absorb(octets), Duration.ofHours(1));
    ledger.deposit(block, seal, new byte[16]);
    ledger.commit();
    ledger.confirm("bob", id);
    return new Fact(0, null, id);
  }

  private Fact take(Ledger ledger) {
    return ledger
        .take("bob", Set.of(PQC), seal)
        .map(key -> new Fact(0, key.id(), null))
        .orElse(null);
  }

  private Fact receive(Ledger ledger) {
    List<Fact> blocks = facts.stream().filter(f -> f.confirmed() != null).toList();
    if (blocks.isEmpty()) {
      return null;
    }
    UUID block = blocks.get(random.nextInt(blocks.size())).confirmed();
    KeyId id = new KeyId(block, 32 + 64 * random.nextInt(12), 32);
    Optional<Key> key = ledger.reserve("bob", id, seal);
    key.ifPresent(k -> ledger.commitReserved(id));
    return key.map(k -> new Fact(0, id, null)).orElse(null);
  }

  private void check(int position) throws Exception {
    Path image = folder.resolve("image.mv");
    disk.image(position, random, image);
    Set<KeyId> used = new HashSet<>();
    Set<UUID> confirmed = new HashSet<>();
    for (Fact fact : facts) {
      if (fact.position() <= position) {
        used.add(fact.used());
        confirmed.add(fact.confirmed());
      }
    }
    confirmed.remove(null);
    String where = "seed=" + SEED + " position=" + position;
    try (Ledger ledger = new Ledger(Disk.FILES, image, "alice", true, clock)) {
      for (UUID id : confirmed) {
        boolean held = ledger.confirm("bob", id);
        assertTrue(held || usedUp(id, ledger), "a confirmed block was lost: " + where);
      }
      drain(ledger, used, where);
    }
    Files.delete(image);
  }

  /** True if the block is gone because all of it was used: then a deposit does nothing. */
  private boolean usedUp(UUID id, Ledger ledger) {
    int before = ledger.unconfirmed("bob").size();
    KeyBlock again = new KeyBlock(id, "bob", PQC, Secret.copyOf(new byte[32]), Duration.ofHours(1));
    ledger.deposit(again, seal, new byte[16]);
    return ledger.unconfirmed("bob").size() == before;
  }

  private void drain(Ledger ledger, Set<KeyId> used, String where) {
    Optional<Key> key = ledger.take("bob", Set.of(PQC), seal);
    for (; key.isPresent(); key = ledger.take("bob", Set.of(PQC), seal)) {
      KeyId id = key.get().id();
      assertFalse(used.contains(id), "a used key was given out again: " + where);
      byte[] octets = new byte[id.offset() + 32];
      new Random(id.block().getMostSignificantBits()).nextBytes(octets);
      try (Secret expected = Secret.absorb(octets).part(id.offset(), 32)) {
        assertTrue(expected.matches(key.get().secret()), where);
      }
    }
    for (KeyId id : used) {
      if (id != null) {
        assertEquals(Optional.empty(), ledger.reserve("bob", id, seal), where);
      }
    }
  }
}
