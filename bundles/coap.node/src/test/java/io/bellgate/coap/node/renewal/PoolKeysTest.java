package io.bellgate.coap.node.renewal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.MemoryPool;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PoolKeysTest {
  private final MemoryPool pool = new MemoryPool("alice", true, Clock.systemUTC());
  private int blocks;

  private void fill(String peer, Kind kind, boolean simulated, int keysOfOurs) {
    UUID id = new UUID(0, ++blocks);
    KeyOrigin origin = new KeyOrigin(kind, simulated, false, Map.of());
    Secret octets = Secret.copyOf(new byte[2 * keysOfOurs * KeyPool.CHUNK_OCTETS]);
    pool.deposit(new KeyBlock(id, peer, origin, octets, Duration.ofHours(1)));
    assertTrue(pool.confirm(peer, id));
  }

  private Optional<String> taken(PoolKeys keys) {
    return keys.take().map(k -> k.origin() + " " + k.secret().length());
  }

  @Test
  void areOfTheBestKindAndTheFullestStock() {
    fill("bob", Kind.PQC, false, 5);
    fill("carol", Kind.QKD, false, 1);
    fill("bob", Kind.QKD, false, 2);
    PoolKeys keys = new PoolKeys(() -> pool, SomeRules.waiting());
    assertEquals(Optional.of("QKD 32"), taken(keys));
    long bobs =
        pool.stocks().stream()
            .filter(s -> s.peer().equals("bob") && s.origin().kind() == Kind.QKD)
            .mapToLong(KeyPool.Stock::own)
            .sum();
    assertEquals(32, bobs, "bob's was the fuller one");
    assertEquals(Optional.of("QKD 32"), taken(keys));
    assertEquals(Optional.of("QKD 32"), taken(keys));
    assertEquals(Optional.of("PQC 32"), taken(keys));
  }

  @Test
  void areNeverSimulatedOutsideALabNorOfAnotherPeerThanTheConfiguredOne() {
    fill("bob", Kind.QKD, true, 5);
    fill("carol", Kind.CLASSICAL, false, 5);
    fill("carol", Kind.PRESHARED, false, 5);
    assertEquals(Optional.empty(), taken(new PoolKeys(() -> pool, SomeRules.waiting())));
    assertEquals(
        Optional.empty(), taken(new PoolKeys(() -> pool, SomeRules.of("carol", true, Kind.QKD))));
    assertEquals(
        Optional.of("QKD*simulated 32"),
        taken(new PoolKeys(() -> pool, SomeRules.of("bob", true, Kind.QKD))));
    assertEquals(Optional.empty(), taken(new PoolKeys(() -> null, SomeRules.waiting())));
  }

  @Test
  void areCountedAsTheyComeInWhoeverTakesThem() {
    PoolKeys keys = new PoolKeys(() -> pool, SomeRules.waiting());
    assertEquals(60, keys.drySeconds(), "not measured yet");
    long nanos = 0;
    for (int i = 0; i < 20; i++) {
      keys.look(nanos);
      fill("bob", Kind.PQC, false, 10); // 320 octets in ten seconds
      keys.take().ifPresent(k -> k.secret().destroy());
      assertEquals(i < 6 ? -1 : 32, keys.octetsPerSecond(), "look=" + i);
      nanos += KeyRate.STEP_NANOS;
    }
    assertEquals(2, keys.drySeconds());
    for (int i = 0; i < 60; i++) {
      keys.look(nanos);
      nanos += KeyRate.STEP_NANOS;
    }
    assertEquals(320 / 600.0, keys.octetsPerSecond(), 1e-9, "the last ten minutes count");
    keys.look(nanos);
    assertEquals(0, keys.octetsPerSecond());
    assertEquals(60, keys.drySeconds());
  }
}
