package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.policy.Protection;
import io.bellgate.gateway.router.protect.Malformed;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What comes from a peer or from the store, garbled. */
class WireTest {
  private static byte[] item() {
    return new Item(
            TwoRouters.message("n1", 7),
            "alice",
            "file",
            "all",
            5,
            List.of(Protection.OTP, Protection.QKD_PQC),
            Map.of("key", "a + b"))
        .encode();
  }

  @Test
  void itemReadsWhatItWrote() {
    assertEquals(7, Item.decode(item()).message().id().sequence());
    assertEquals(List.of(), Item.decode(item()).travelling().acceptable());
    assertEquals(Map.of(), Item.decode(item()).travelling().evidence());
  }

  @Test
  void decodersRefuseGarbageWithACodeAndNothingElse() {
    long seed = 42;
    Random random = new Random(seed);
    List<byte[]> good =
        List.of(
            item(),
            new Wire.Request(3, 2, item()).encode(),
            new Wire.Reply(Wire.Answer.BUSY, List.of(3L, 4L), "text").encode(),
            new byte[60]);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = good.get(i % good.size()).clone();
      for (int k = 0; k < 1 + random.nextInt(6); k++) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      byte[] input = i % 3 == 0 ? Arrays.copyOf(octets, random.nextInt(octets.length)) : octets;
      String run = "seed=" + seed + " run=" + i;
      expectMalformedOrFine(run, () -> Item.decode(input));
      expectMalformedOrFine(run, () -> Wire.Request.decode(input));
      expectMalformedOrFine(run, () -> Wire.Reply.decode(input));
    }
  }

  private static void expectMalformedOrFine(String run, Runnable decoder) {
    try {
      decoder.run();
    } catch (Malformed expected) {
      assertTrue(expected.code().startsWith("BG-ROUTE-01"), run);
    }
  }
}
