package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A secret that a person carries: here before it is there, lost on the way, or carried twice. */
class PairingTest {
  private static final KeyOrigin CARRIED =
      new KeyOrigin(
          KeyOrigin.Kind.PRESHARED, false, false, Map.of(KeyOrigin.MADE, KeyOrigin.CARRIED));
  private static final UUID FIRST = new UUID(1, 1);
  private static final UUID SECOND = new UUID(2, 2);

  @TempDir Path folder;
  private Joined pools;

  @BeforeEach
  void start() throws Exception {
    pools = new Joined(folder, 1);
    pools.settle();
  }

  @AfterEach
  void end() throws Exception {
    pools.close();
  }

  private static void accept(Joined.Site site, UUID id) {
    String peer = site.other().name;
    Secret octets = Secret.absorb(Joined.octets(id, 32));
    site.pool().deposit(new KeyBlock(id, peer, CARRIED, octets, Duration.ofDays(3650)));
    site.pool().confirm(peer, id);
  }

  private void settle() {
    for (int i = 0; i < 10; i++) {
      pools.settle();
    }
  }

  private static Optional<KeyId> tag(Joined.Site site) {
    return site.take(site.now, KeyPool.Purpose.AUTHENTICATION, 1);
  }

  private static long own(Joined.Site site) {
    return site.pool().stocks().stream().mapToLong(KeyPool.Stock::own).sum();
  }

  @Test
  void waitsForTheOneWhoCarriesIt() {
    accept(pools.alice, FIRST);
    settle();
    assertTrue(tag(pools.alice).isEmpty(), "bob does not hold it yet");
    accept(pools.bob, FIRST);
    pools.clock.advance(Duration.ofSeconds(5));
    settle();
    assertTrue(tag(pools.alice).isPresent() && tag(pools.bob).isPresent());
  }

  @Test
  void isLostOnTheWayAndMadeAgain() {
    accept(pools.alice, FIRST);
    settle();
    accept(pools.alice, SECOND);
    accept(pools.bob, SECOND);
    pools.clock.advance(Duration.ofSeconds(5));
    settle();
    assertEquals(Optional.of(SECOND), tag(pools.alice).map(KeyId::block));
    assertEquals(Optional.of(SECOND), tag(pools.bob).map(KeyId::block));
  }

  @Test
  void survivesACrashBeforeItArrives() throws Exception {
    accept(pools.alice, FIRST);
    settle();
    pools.alice.restart(true);
    settle();
    accept(pools.bob, FIRST);
    pools.clock.advance(Duration.ofSeconds(5));
    settle();
    KeyId taken = tag(pools.bob).orElseThrow();
    assertTrue(pools.alice.receive(taken, true), "alice knows it");
  }

  /** The oracle of {@link Joined} says so if a chunk is given out twice. */
  @Test
  void givesNothingOutAgainWhenItIsAcceptedAgainAfterARollback() throws Exception {
    Path copy = pools.bob.now.copy();
    accept(pools.alice, FIRST);
    accept(pools.bob, FIRST);
    settle();
    assertTrue(tag(pools.bob).isPresent());
    pools.bob.restore(copy, true);
    settle();
    accept(pools.bob, FIRST);
    pools.clock.advance(Duration.ofSeconds(5));
    settle();
    assertTrue(tag(pools.bob).isEmpty() && tag(pools.alice).isEmpty());
    assertEquals(0, own(pools.bob) + own(pools.alice));
  }

  @Test
  void holdsUpNoGiveAwayOfOthers() throws Exception {
    accept(pools.bob, SECOND);
    pools.deposit(Joined.QKD, 128, true, true);
    settle();
    for (int i = 0; i < 200; i++) {
      pools.bob.take(pools.bob.now, KeyPool.Purpose.AUTHENTICATION, 1);
      pools.clock.advance(Duration.ofMillis(200));
      pools.settle();
    }
    assertTrue(pools.gifts() > 0, "alice gave of hers");
  }
}
