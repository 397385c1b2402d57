package io.bellgate.keys.pool.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.files.OwnerOnly;
import io.bellgate.journal.Disk;
import io.bellgate.journal.RecordedDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is left after a power cut: un-synced writes of the journal and of the key file are dropped,
 * reordered and torn, and the store is opened again. {@code -Dpowercut.seed=N -Dpowercut.cuts=N}
 * repeats or prolongs a run.
 */
class PowerCutTest {
  private static final KeyOrigin PQC =
      new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of("algorithm", "X25519+ML-KEM-768"));
  private static final long SEED = Long.getLong("powercut.seed", System.nanoTime());
  private static final int CUTS = Integer.getInteger("powercut.cuts", 600);
  private static final int STEPS = 1500;
  private static final String[] NONE = {};

  /** A file whose syncs do nothing. */
  private record Hasty(Disk disk) implements Disk {
    @Override
    public byte[] read(long position, int length) throws IOException {
      return disk.read(position, length);
    }

    @Override
    public void write(long position, byte[] octets) throws IOException {
      disk.write(position, octets);
    }

    @Override
    public void force() {}

    @Override
    public void truncate(long size) throws IOException {
      disk.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return disk.size();
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }

  /** For images: they are thrown away, nobody waits for the disk. */
  private static final Disk.Folder HASTY =
      new Disk.Folder() {
        @Override
        public Disk open(Path file) throws IOException {
          return new Hasty(
              new Disk.OnChannel(
                  FileChannel.open(
                      file,
                      Set.of(CREATE, READ, WRITE),
                      OwnerOnly.attributes(file.getParent(), "rw-------"))));
        }

        @Override
        public void replace(Path file, Path by) throws IOException {
          Files.move(by, file, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public byte[] salt() {
          return Disk.FILES.salt();
        }
      };

  /** What must hold of a store that was opened after a cut behind a position. */
  private record Fact(int position, Check check) {}

  private interface Check {
    void holdsFor(Ledger ledger);
  }

  /** A used chunk as it lay on the disk, and from when on nobody can open it. */
  private static final class Trace {
    final byte[] header;
    final byte[] sealed;
    final BitSet chunks;
    int lostAt = Integer.MAX_VALUE;

    Trace(Block block, byte[] sealed, KeyId id) {
      this.header = block.headerOctets;
      this.sealed = sealed;
      this.chunks = Block.chunks(id);
    }
  }

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final RecordedDisk disk = new RecordedDisk();
  private final FakeClock clock = new FakeClock();
  private final SeededBits bits = new SeededBits(SEED);
  private final List<Fact> facts = new ArrayList<>();
  private final List<Trace> traces = new ArrayList<>();
  private final List<UUID> blocks = new ArrayList<>();
  private final List<Check> fresh = new ArrayList<>();
  private final List<Integer> rewrites = new ArrayList<>();
  private Ledger ledger;
  private long generation;

  @Test
  void nothingUsedBeforeThePowerCutIsGivenOutAgain() throws Exception {
    cut(CUTS);
  }

  @Test
  @Tag("long")
  void nothingUsedIsGivenOutAgainInACampaign() throws Exception {
    cut(Integer.getInteger("powercut.cuts", 100_000));
  }

  private void cut(int cuts) throws Exception {
    System.out.println("PowerCutTest -Dpowercut.seed=" + SEED + " cuts=" + cuts);
    ledger = open(disk, folder.resolve("store"));
    int first = disk.position();
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    int last = disk.position();
    System.out.println(
        "writes=" + (last - first) + " facts=" + facts.size() + " generations=" + generation);
    assertTrue(generation > 2, "the wrapping key was replaced: generation=" + generation);
    for (int i = 0; i < cuts; i++) {
      if (i % 10_000 == 9_999) {
        System.out.println("cuts=" + (i + 1));
      }
      boolean rewriting = i % 3 == 0 && !rewrites.isEmpty();
      int position =
          rewriting
              ? rewrites.get(random.nextInt(rewrites.size())) - random.nextInt(14)
              : first + random.nextInt(last - first + 1);
      check(Math.max(first, position), rewriting ? i % 2 == 0 : i % 10 == 1);
    }
    ledger.close(false);
  }

  private Place place(Path data) {
    return new Place(data, data.resolve("pool.key"), "alice", true);
  }

  private Ledger open(Disk.Folder on, Path data) throws IOException {
    Files.createDirectories(data);
    Levels levels = Levels.of(NONE, NONE, NONE);
    return new Ledger(
        place(data),
        new Surroundings(on, clock, () -> levels, () -> bits, AllWitnessed.YES, Optional.empty()));
  }

  private void step() throws IOException {
    switch (random.nextInt(12)) {
      case 0 -> deposit();
      case 1, 2 -> receive();
      case 3 -> grant();
      case 4 -> give();
      case 7 -> deposit();
      case 5 -> hello();
      case 6 -> restart();
      default -> take();
    }
    ledger.commit();
    fresh.forEach(check -> facts.add(new Fact(disk.position(), check)));
    fresh.clear();
    if (ledger.wrappingKeyGeneration() != generation) {
      generation = ledger.wrappingKeyGeneration();
      rewrites.add(disk.position());
      traces.forEach(t -> t.lostAt = Math.min(t.lostAt, disk.position()));
    }
  }

  private void deposit() throws IOException {
    UUID id = new UUID(random.nextLong(), random.nextLong());
    byte[] octets = new byte[(1 + random.nextInt(24)) * 32];
    new Random(id.getMostSignificantBits()).nextBytes(octets);
    KeyBlock block = new KeyBlock(id, "bob", PQC, Secret.absorb(octets), Duration.ofHours(1));
    ledger.keys().deposit(block, bits);
    ledger.commit();
    ledger.keys().confirm("bob", id);
    blocks.add(id);
    fresh.add(l -> assertTrue(l.book().find("bob", id).map(b -> b.confirmed).orElse(gone(l, id))));
  }

  private static boolean gone(Ledger ledger, UUID id) {
    return ledger.book().knows(id);
  }

  private void take() throws IOException {
    int chunks = 1 + random.nextInt(3);
    Optional<Key> key =
        ledger.keys().take(new Keys.Order("bob", KeyPool.Purpose.MESSAGE, chunks, Set.of(PQC)));
    key.ifPresent(this::used);
  }

  private void used(Key key) {
    KeyId id = key.id();
    fresh.add(
        l ->
            l.book()
                .find("bob", id.block())
                .ifPresent(b -> assertTrue(contains(b.used, Block.chunks(id)), "used again")));
  }

  private static boolean contains(BitSet all, BitSet part) {
    BitSet missing = (BitSet) part.clone();
    missing.andNot(all);
    return missing.isEmpty();
  }

  /** Any block, more often a late one. */
  private Optional<Block> any() {
    if (blocks.isEmpty()) {
      return Optional.empty();
    }
    int back = Math.min(blocks.size(), 1 + random.nextInt(12));
    return ledger.book().find("bob", blocks.get(blocks.size() - back));
  }

  private void receive() throws IOException {
    Optional<Block> found = any();
    if (found.isEmpty()) {
      return;
    }
    Block block = found.get();
    int chunks = 1 + random.nextInt(2);
    KeyId id = new KeyId(block.header.id(), 32 + 64 * random.nextInt(12), 32 * chunks);
    byte[] sealed = null;
    if (block.position() >= 0) {
      sealed = Files.readAllBytes(place(folder.resolve("store")).store());
      int from = (int) block.position();
      sealed = Arrays.copyOfRange(sealed, from, from + block.header.chunks() * Seal.SEALED_OCTETS);
    }
    Optional<Key> key = ledger.keys().reserve("bob", id);
    if (key.isPresent() && random.nextInt(4) == 0) {
      ledger.keys().release("bob", id);
    } else if (key.isPresent()) {
      ledger.keys().commitReserved("bob", id);
      used(key.get());
      if (sealed != null) {
        traces.add(new Trace(block, sealed, id));
      }
    }
  }

  private void grant() {
    any()
        .ifPresent(
            block -> {
              Zone zone = block.theirs().get(random.nextInt(2));
              int below = random.nextInt(block.end(zone) + 1);
              UUID id = block.header.id();
              int mark = ledger.leases().grant("bob", new Leases.Wish(id, zone, below));
              fresh.add(
                  l ->
                      l.book()
                          .find("bob", id)
                          .ifPresent(b -> assertTrue(b.granted(zone) >= mark, "a mark fell")));
            });
  }

  private void give() {
    ledger.marks().meet("bob");
    KeyOrigin kind = new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of());
    ledger
        .leases()
        .give("bob", kind, 0)
        .ifPresent(
            gift ->
                fresh.add(
                    l ->
                        l.book()
                            .find("bob", gift.block())
                            .ifPresent(
                                b -> assertEquals(gift.from(), b.end(b.own().get(0)), "a gift"))));
    any()
        .filter(b -> random.nextInt(4) == 0 && b.laneLength(1) > 2)
        .ifPresent(
            block -> {
              int from = 1 + random.nextInt(block.laneLength(1) - 1);
              if (block.granted(Zone.ODD_HEAD) <= from && block.boundary[1] > from) {
                ledger.leases().receive("bob", new Leases.Gift(block.header.id(), from));
              }
            });
  }

  private void hello() {
    UUID run = new UUID(random.nextLong(), random.nextLong());
    UUID before = ledger.book().standing("bob").seen;
    Verdict verdict =
        ledger.marks().judge("bob", run, before == null ? List.of() : List.of(before));
    assertEquals(before == null ? Verdict.FIRST : Verdict.CONTINUED, verdict);
    ledger
        .marks()
        .complete(
            "bob",
            run,
            ledger.marks().report("bob").stream()
                .map(Report::block)
                .collect(java.util.stream.Collectors.toSet()));
    ledger.marks().meet("bob");
    int number = ++helloes;
    fresh.add(
        l -> {
          UUID seen = l.book().standing("bob").seen;
          assertTrue(runs.getOrDefault(seen, 0) >= number, "an older run was seen");
        });
    runs.put(run, number);
  }

  private int helloes;
  private final Map<UUID, Integer> runs = new java.util.HashMap<>();

  private void restart() throws IOException {
    if (random.nextInt(4) > 0) {
      return;
    }
    ledger.commit();
    ledger.close(random.nextBoolean());
    ledger = open(disk, folder.resolve("store"));
    UUID run = ledger.book().runs.current();
    fresh.add(
        l ->
            assertTrue(
                l.book().runs.all().stream().anyMatch(r -> r.incarnation().equals(run)),
                "a run is forgotten"));
  }

  private void check(int position, boolean thoroughly) throws Exception {
    Path image = Files.createDirectories(folder.resolve("image"));
    Path store = folder.resolve("store");
    disk.image(position, random, place(store).store(), place(image).store());
    Files.deleteIfExists(place(image).keyFile());
    if (disk.image(position, random, place(store).keyFile(), place(image).keyFile())) {
      Files.setPosixFilePermissions(
          place(image).keyFile(),
          java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    }
    try {
      if (thoroughly) {
        lost(position, image);
      }
      Ledger opened = open(HASTY, image);
      for (Fact fact : facts) {
        if (fact.position() <= position) {
          fact.check().holdsFor(opened);
        }
      }
      if (thoroughly) {
        drain(opened);
      }
      opened.close(true);
    } catch (Exception | AssertionError failed) {
      throw new AssertionError("powercut.seed=" + SEED + " position=" + position, failed);
    }
  }

  /** What was used before a rewrite cannot be opened with the key file of after it. */
  private void lost(int position, Path image) throws IOException {
    Keyring keyring = new Keyring(HASTY, place(image).keyFile(), () -> bits);
    for (Trace trace : traces) {
      if (trace.lostAt <= position) {
        for (Seal seal : keyring.seals()) {
          assertThrows(
              IllegalStateException.class,
              () -> seal.open(trace.header, trace.sealed, 0, trace.chunks));
        }
      }
    }
  }

  /** Everything that is left opens, and is what was deposited. */
  private void drain(Ledger opened) {
    Keys.Order one = new Keys.Order("bob", KeyPool.Purpose.MESSAGE, 1, Set.of(PQC));
    for (Optional<Key> key = opened.keys().take(one);
        key.isPresent();
        key = opened.keys().take(one)) {
      KeyId id = key.get().id();
      byte[] octets = new byte[id.offset() + 32];
      new Random(id.block().getMostSignificantBits()).nextBytes(octets);
      try (Secret expected = Secret.absorb(octets).part(id.offset(), 32)) {
        assertTrue(expected.matches(key.get().secret()), "other octets");
      }
    }
  }
}
