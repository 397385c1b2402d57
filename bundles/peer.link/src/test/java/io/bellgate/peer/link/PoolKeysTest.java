package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyPool;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PoolKeysTest {
  @Test
  void letsGoOfAKeyOnceItIsNotReservedAnyMore() throws IOException {
    try (End alice = new End("alice");
        End bob = new End("bob")) {
      UUID block = End.share(alice, bob, 2);
      KeyId id = new KeyId(block, 0, KeyPool.CHUNK_OCTETS);
      AtomicLong nanos = new AtomicLong();
      PoolKeys keys = new PoolKeys(() -> Optional.of(bob.pool), nanos::get);
      KeyPool.Reservation held = bob.pool.reserve("alice", id).orElseThrow();
      keys.letGo("alice", List.of(id));
      assertEquals(0, bob.pool.stocks().get(0).committed());
      held.close(); // the handshake that held it has ended
      nanos.addAndGet(30_000_000_000L);
      keys.settle("alice");
      assertEquals(1, bob.pool.stocks().get(0).committed());
      assertTrue(bob.pool.reserve("alice", id).isEmpty());
    }
  }
}
