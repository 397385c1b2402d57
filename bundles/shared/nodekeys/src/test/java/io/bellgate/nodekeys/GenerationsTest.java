package io.bellgate.nodekeys;

import static io.bellgate.nodekeys.PlainHkdf.hkdf;
import static io.bellgate.nodekeys.PlainHkdf.join;
import static io.bellgate.nodekeys.PlainHkdf.u32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.bits.Secret;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys of nodes from one generation to the next. */
class GenerationsTest {
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final byte[] NONCE = {0, 1, 2, 3, 4, 5, 6, 7};
  private static final byte[] OWN = {8, 9, 10, 11, 12, 13, 14, 15};

  static byte[] counting(int from, int octets) {
    byte[] counting = new byte[octets];
    for (int i = 0; i < octets; i++) {
      counting[i] = (byte) (from + i);
    }
    return counting;
  }

  static String hex(Secret secret) {
    return secret.lend(HexFormat.of()::formatHex);
  }

  /** Computed apart from this code, with another language's HMAC. */
  @Test
  void bothVersionsAreWhatBothEndsCompute() {
    try (Secret before = Secret.copyOf(KEY);
        Secret pool = Secret.copyOf(counting(100, 32))) {
      assertEquals(
          "ec20347e1764d0f24cb9b3e8425737a09fdf2b66a8314aa6ba0090dc403c9c1a",
          hex(Generations.next(before, NONCE, OWN, "n1", 2)));
      assertEquals(
          "1477816177c5551d108fd0288ee7bf4e5fab468c8fe3662e6c15c456a5a3056d",
          hex(Generations.next(before, pool, NONCE, OWN, "n1", 2)));
      assertEquals(
          "28a5c8b2d8f7fa2cd3f488882062c4f68ed91e3b8417a2a02f917733d6485b2b",
          hex(Generations.seal(before, NONCE, OWN, "n1", 2)));
    }
  }

  @Test
  void agreesWithHkdfFromTheHashAloneForAnyInput() {
    long seed = 20261126;
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] key = new byte[16 + random.nextInt(49)];
      byte[] pool = new byte[32];
      byte[] nonces = new byte[16];
      random.nextBytes(key);
      random.nextBytes(pool);
      random.nextBytes(nonces);
      String node = "n".repeat(1 + random.nextInt(64));
      int generation = random.nextInt(Integer.MAX_VALUE);
      byte[] named = join(node.length(), node, u32(generation));
      try (Secret before = Secret.copyOf(key);
          Secret more = Secret.copyOf(pool)) {
        byte[] nonce = Arrays.copyOf(nonces, 8);
        byte[] own = Arrays.copyOfRange(nonces, 8, 16);
        assertEquals(
            HexFormat.of().formatHex(hkdf(nonces, key, join("bellgate node 1", named), 32)),
            hex(Generations.next(before, nonce, own, node, generation)),
            "seed=" + seed);
        assertEquals(
            HexFormat.of()
                .formatHex(hkdf(nonces, join(key, pool), join("bellgate node 2", named), 32)),
            hex(Generations.next(before, more, nonce, own, node, generation)),
            "seed=" + seed);
      }
    }
  }

  @Test
  void takesNoKeyOfThePoolOfAnotherLength() {
    try (Secret before = Secret.copyOf(KEY);
        Secret pool = Secret.copyOf(new byte[31])) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Generations.next(before, pool, NONCE, OWN, "n1", 2));
    }
  }
}
