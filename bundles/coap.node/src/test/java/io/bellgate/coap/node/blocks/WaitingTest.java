package io.bellgate.coap.node.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class WaitingTest {
  private static final int MANY = 5_000;
  private static final int KILOBYTE = 1_024;

  private final Waiting<String> waiting = new Waiting<>();

  private static TransferKey key(String peer, boolean proven, int number) {
    return new TransferKey(new Peer(peer, proven), "PUT/" + number);
  }

  @Test
  void forgetsWhatNobodyGoesOnWith() {
    waiting.put(key("a", true, 0), "body", KILOBYTE, 0);
    assertEquals(Optional.of("body"), waiting.get(key("a", true, 0), 246_999));
    waiting.put(key("a", true, 0), "longer", KILOBYTE, 200_000);
    assertEquals(Optional.of("longer"), waiting.get(key("a", true, 0), 446_999));
    assertEquals(Optional.empty(), waiting.get(key("a", true, 0), 447_000));
    assertEquals(0, waiting.size());
  }

  @Test
  void letsForgersTakeNoPlaceOfWhoHasAKey() {
    waiting.put(key("node", true, 0), "body", KILOBYTE, 0);
    for (int i = 0; i < MANY; i++) {
      waiting.put(key("10.0.0.1:" + i, false, 0), "forged", KILOBYTE, i);
    }
    assertEquals(Optional.of("body"), waiting.get(key("node", true, 0), MANY));
    assertEquals(513, waiting.size(), "512 KiB of theirs");
  }

  @Test
  void givesNobodyMoreThanFour() {
    waiting.put(key("other", true, 0), "body", KILOBYTE, 0);
    for (int i = 0; i < 10; i++) {
      waiting.put(key("greedy", true, i), "body", KILOBYTE, 1);
    }
    assertEquals(5, waiting.size());
    assertTrue(waiting.get(key("other", true, 0), 2).isPresent());
    assertTrue(waiting.get(key("greedy", true, 5), 2).isEmpty());
    assertTrue(waiting.get(key("greedy", true, 6), 2).isPresent());
  }

  @Test
  void holdsSoManyOctets() {
    for (int i = 0; i < 512; i++) {
      waiting.put(key("n" + i, true, 0), "body", 16 * KILOBYTE, i);
    }
    assertEquals(128, waiting.size(), "2 MiB");
    for (int i = 0; i < 128; i++) {
      waiting.remove(key("n" + (384 + i), true, 0));
    }
    waiting.put(key("a", true, 0), "body", 2_048 * KILOBYTE, 600);
    assertEquals(1, waiting.size());
  }
}
