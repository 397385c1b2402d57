package io.bellgate.entropy.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.prng.EntropySource;
import org.bouncycastle.crypto.prng.drbg.HashSP800DRBG;
import org.junit.jupiter.api.Test;

/** Beside that of Bouncy Castle. */
class HashDrbgTest {
  private static final class Fixed implements EntropySource {
    private byte[] next;

    @Override
    public boolean isPredictionResistant() {
      return true;
    }

    @Override
    public byte[] getEntropy() {
      return next.clone();
    }

    @Override
    public int entropySize() {
      return 256;
    }
  }

  @Test
  void generatesWhatAnotherImplementationGenerates() {
    long seed = 7;
    Random random = new Random(seed);
    Fixed fixed = new Fixed();
    fixed.next = octets(random, 48);
    byte[] personalization = octets(random, 30);
    HashSP800DRBG other =
        new HashSP800DRBG(new SHA256Digest(), 256, fixed, personalization, new byte[0]);
    HashDrbg ours = new HashDrbg(fixed.next, personalization);
    for (int request = 0; request < 300; request++) {
      if (request % 50 == 49) {
        fixed.next = octets(random, 64);
        byte[] additional = octets(random, random.nextInt(40));
        other.reseed(additional);
        ours.reseed(fixed.next, additional);
      }
      byte[] expected = new byte[1 + random.nextInt(300)];
      other.generate(expected, null, false);
      byte[] out = new byte[expected.length + 9];
      ours.generate(out, 5, expected.length);
      assertArrayEquals(
          expected,
          java.util.Arrays.copyOfRange(out, 5, 5 + expected.length),
          "seed=" + seed + " request=" + request);
    }
  }

  @Test
  void refusesTooShortASeedAndTooLongARequest() {
    assertThrows(IllegalArgumentException.class, () -> new HashDrbg(new byte[47], new byte[0]));
    HashDrbg drbg = new HashDrbg(new byte[48], new byte[0]);
    assertThrows(IllegalArgumentException.class, () -> drbg.generate(new byte[65_537], 0, 65_537));
  }

  private static byte[] octets(Random random, int count) {
    byte[] octets = new byte[count];
    random.nextBytes(octets);
    return octets;
  }
}
