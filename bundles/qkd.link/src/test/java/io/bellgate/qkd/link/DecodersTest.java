package io.bellgate.qkd.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.Role;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What comes from outside is read or refused with a code, and nothing else. */
class DecodersTest {
  private static final long SEED = 20261125;

  @Test
  void readProposalsOrRefuseThem() {
    byte[] good = TwoLinks.settings(Role.ALICE, Duration.ofSeconds(1)).proposal().encode();
    assertArrayEquals(good, Proposal.decode(good).encode());
    Random random = new Random(SEED);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = java.util.Arrays.copyOf(good, random.nextInt(good.length + 4));
      for (int change = random.nextInt(4); change > 0 && octets.length > 0; change--) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      try {
        Proposal.decode(octets);
      } catch (IllegalArgumentException refused) {
        assertTrue(refused.getMessage().startsWith("BG-LINK-003"), "i=" + i + " " + refused);
      }
    }
  }

  @Test
  void readPairingsOrRefuseThem() {
    try (Pairing drawn = Pairing.draw(new SeededBits(SEED), "alice", "bob", 3)) {
      byte[] good = drawn.json();
      Random random = new Random(SEED);
      for (int i = 0; i < 5_000; i++) {
        byte[] octets = java.util.Arrays.copyOf(good, random.nextInt(good.length));
        if (random.nextBoolean()) {
          octets = good.clone();
          octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(7));
        }
        String text = new String(octets, StandardCharsets.ISO_8859_1);
        try (Pairing read = Pairing.parse(octets)) {
          // a change in a text that only people read, or in a name
          assertTrue(read.octets().matches(drawn.octets()), text);
        } catch (IllegalArgumentException refused) {
          assertTrue(refused.getMessage().startsWith("BG-LINK-020"), "i=" + i + " " + refused);
        }
      }
      byte[] copy = good.clone();
      try (Pairing read = Pairing.parse(copy)) {
        assertEquals(drawn.block(), read.block());
        assertTrue(read.octets().matches(drawn.octets()));
      }
      assertArrayEquals(new byte[good.length], copy, "wiped");
    }
  }

  @Test
  void readSimulateOptionsOrSayWhatIsWrong() {
    assertEquals(7, SimulateOptions.parse(java.util.List.of("--blocks", "7")).blocks());
    for (String[] wrong :
        new String[][] {
          {"--blocks"}, {"--blocks", "0"}, {"--eve", "2"}, {"--km", "far"}, {"--what"}
        }) {
      assertThrows(
          IllegalArgumentException.class, () -> SimulateOptions.parse(java.util.List.of(wrong)));
    }
  }
}
