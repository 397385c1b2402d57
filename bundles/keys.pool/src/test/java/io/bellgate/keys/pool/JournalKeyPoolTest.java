package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.KeyPoolContract;
import io.bellgate.api.ops.CannotPark;
import io.bellgate.api.ops.Gone;
import io.bellgate.keys.pool.store.AllWitnessed;
import io.bellgate.keys.pool.store.Levels;
import io.bellgate.keys.pool.store.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool's contract, and what the file adds to it. */
class JournalKeyPoolTest extends KeyPoolContract {
  private static final Duration SOON = Duration.ofMillis(50);

  @TempDir Path folder;
  private final List<JournalKeyPool> pools = new ArrayList<>();

  @Override
  protected JournalKeyPool open(String site, boolean lab, Clock time) throws IOException {
    JournalKeyPool pool = new JournalKeyPool(new Owner(), AllWitnessed.YES, time);
    pool.random = new SeededBits(site.hashCode());
    Path key = folder.resolve(site + "-secrets/pool.key");
    pool.start(new Place(folder.resolve(site), key, site, false), settings(lab));
    pools.add(pool);
    return pool;
  }

  private static Settings settings(boolean lab) {
    String[] none = {};
    return new Settings(lab, Levels.of(none, none, none), 64);
  }

  @AfterEach
  void stopAll() {
    pools.forEach(JournalKeyPool::stop);
  }

  private JournalKeyPool reopen(JournalKeyPool pool, String site) throws IOException {
    pool.stop();
    pools.remove(pool);
    return open(site, false, clock);
  }

  @Test
  void keepsEverythingButUsedKeysOverARestart() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    UUID used = confirmed(pool, "bob", 1);
    UUID half = confirmed(pool, "bob", 6);
    UUID open = UUID.randomUUID();
    pool.deposit(block(open, "bob", PQC, 2));
    KeyId first =
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true)
            .orElseThrow()
            .id();
    KeyId second =
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true)
            .orElseThrow()
            .id();
    KeyPool.Reservation committed = pool.reserve("bob", new KeyId(half, 32, 32)).orElseThrow();
    committed.commit();
    pool.reserve("bob", new KeyId(half, 96, 32)).orElseThrow().close();

    pool = reopen(pool, "alice");
    Set<KeyId> taken = new HashSet<>(Set.of(first, second));
    for (int left = 2; left > 0; left--) {
      assertTrue(
          taken.add(
              pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true)
                  .orElseThrow()
                  .id()));
    }
    assertTrue(
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true).isEmpty());
    assertTrue(pool.reserve("bob", new KeyId(half, 32, 32)).isEmpty());
    assertEquals(List.of(open), pool.unconfirmed("bob"));
    pool.deposit(block(used, "bob", PQC, 1));
    assertFalse(pool.confirm("bob", used), "a used block is remembered");
  }

  @Test
  void answersGoneWhileParkedAndServesAgainAfterResume() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 2);
    assertEquals("io.bellgate.keys.pool", pool.park(1, SOON).component());
    assertThrows(
        Gone.class,
        () -> pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true));
    assertThrows(Gone.class, () -> pool.unconfirmed("bob"));
    assertThrows(Gone.class, pool::stocks);
    pool.resume();
    assertEquals(
        id,
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true)
            .orElseThrow()
            .id()
            .block());
  }

  @Test
  void doesNotParkOverAReservation() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 4);
    KeyPool.Reservation open = pool.reserve("bob", new KeyId(id, 32, 32)).orElseThrow();
    assertThrows(CannotPark.class, () -> pool.park(1, SOON));
    assertTrue(
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true).isPresent(),
        "it goes on");
    open.commit();
    open.close();
    pool.park(1, SOON).state().destroy();
  }

  @Test
  void answersGoneAfterItWasStopped() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    confirmed(pool, "bob", 2);
    pool.stop();
    pools.remove(pool);
    assertThrows(
        Gone.class,
        () -> pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true));
  }

  @Test
  void opensAPoolOnce() throws Exception {
    open("alice", false, clock);
    String message =
        assertThrows(IllegalStateException.class, () -> open("alice", false, clock)).getMessage();
    assertTrue(message.contains("open once"), message);
  }

  @Test
  void refusesADamagedFileAndSaysWhatToDo() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    confirmed(pool, "bob", 4);
    pool.stop();
    pools.remove(pool);
    Path file = folder.resolve("alice/pool.journal");
    byte[] octets = Files.readAllBytes(file);
    octets[70] ^= 1;
    Files.write(file, octets);
    String message =
        assertThrows(IOException.class, () -> open("alice", false, clock)).getMessage();
    assertTrue(message.contains("remove the file and lose the keys"), message);
  }

  @Test
  void answersGoneToADepositWithoutRandomBits() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    pool.random = null;
    assertThrows(Gone.class, () -> confirmed(pool, "bob", 2));
  }

  @Test
  void survivesAnInterruptedCaller() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    confirmed(pool, "bob", 4);
    Thread.currentThread().interrupt();
    assertTrue(
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true).isPresent());
    assertTrue(Thread.interrupted(), "the interrupt is kept");
    assertTrue(
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true).isPresent());
  }

  @Test
  void keepsItsWrappingKeyForTheOwner() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    confirmed(pool, "bob", 2);
    Path key = folder.resolve("alice-secrets/pool.key");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    assertEquals("file, owner only (0600)", pool.status().get("wrappingKey"));
    pool.stop();
    pools.remove(pool);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    String message =
        assertThrows(IOException.class, () -> open("alice", false, clock)).getMessage();
    assertTrue(message.contains("for its owner only"), message);
  }

  @Test
  void doesNotOpenWithoutItsWrappingKey() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    confirmed(pool, "bob", 2);
    pool.stop();
    pools.remove(pool);
    Files.delete(folder.resolve("alice-secrets/pool.key"));
    assertThrows(IllegalStateException.class, () -> open("alice", false, clock));
  }

  @Test
  void stopsTakingShortlyBeforeABlockExpiresAtThePeer() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 4);
    clock.advance(Duration.ofMinutes(59).plusSeconds(1));
    assertTrue(
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true).isEmpty());
    pool.reserve("bob", new KeyId(id, 32, 32)).orElseThrow().close();
  }

  @Test
  void neverStoresAKeyInClear() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    UUID id = confirmed(pool, "bob", 2);
    Key key =
        pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true).orElseThrow();
    byte[] file = Files.readAllBytes(folder.resolve("alice/pool.journal"));
    String disk = new String(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] octets = key.secret().lend(byte[]::clone);
    String secret = new String(octets, 0, 8, java.nio.charset.StandardCharsets.ISO_8859_1);
    assertFalse(disk.contains(secret), "block=" + id);
  }

  @Test
  void tellsItsStatus() throws Exception {
    JournalKeyPool pool = open("alice", false, clock);
    confirmed(pool, "bob", 4);
    pool.take("bob", KeyPool.Purpose.MESSAGE, KeyPool.CHUNK_OCTETS, o -> true).orElseThrow();
    Map<String, Object> status = pool.status();
    assertEquals(Map.of("message", 1L), status.get("takenByPurpose"));
    assertTrue(status.get("stocks").toString().contains("ownOctets=32"), status.toString());
  }
}
