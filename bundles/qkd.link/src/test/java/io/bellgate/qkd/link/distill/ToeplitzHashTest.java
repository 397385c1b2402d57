package io.bellgate.qkd.link.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ToeplitzHashTest {
  private static final long SEED = 20261125;

  @Test
  void equalsTheSumOfItsDefinition() {
    Random random = new Random(SEED);
    for (int run = 0; run < 200; run++) {
      int n = 1 + random.nextInt(300);
      int m = 1 + random.nextInt(n);
      long[] x = bits(random, n);
      long[] seed = bits(random, ToeplitzHash.seedBits(n, m));
      assertArrayEquals(
          naive(x, n, seed, m), ToeplitzHash.hash(x, n, seed, m), "run=" + run + " n=" + n);
    }
  }

  private static long[] naive(long[] x, int n, long[] s, int m) {
    long[] y = new long[(m + 63) / 64];
    for (int j = 0; j < m; j++) {
      int sum = 0;
      for (int i = 0; i < n; i++) {
        sum ^= bit(s, j + n - 1 - i) & bit(x, i);
      }
      y[j / 64] |= (long) sum << j % 64;
    }
    return y;
  }

  private static int bit(long[] words, int i) {
    return (int) (words[i / 64] >>> i % 64) & 1;
  }

  private static long[] bits(Random random, int count) {
    long[] words = random.longs((count + 63) / 64).toArray();
    if (count % 64 != 0) {
      words[words.length - 1] &= (1L << count % 64) - 1;
    }
    return words;
  }

  /**
   * Pitfall 9: two inputs collide under at most a fraction 2^-m of all seeds; counted, all of them.
   */
  @Test
  void isTwoUniversal() {
    int n = 6;
    int m = 3;
    int seeds = 1 << ToeplitzHash.seedBits(n, m);
    for (int difference = 1; difference < 1 << n; difference++) {
      int collisions = 0;
      for (int seed = 0; seed < seeds; seed++) {
        // linear: two inputs collide where their difference is hashed to zero
        if (ToeplitzHash.hash(new long[] {difference}, n, new long[] {seed}, m)[0] == 0) {
          collisions++;
        }
      }
      assertEquals(seeds >> m, collisions, "difference=" + difference);
    }
  }

  @Test
  void keepsTheOrderOfBitsBetweenWordsAndOctets() {
    byte[] octets = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertArrayEquals(octets, ToeplitzHash.octets(ToeplitzHash.words(octets), 72));
    assertEquals(1, bit(ToeplitzHash.words(new byte[] {0, 1}), 8));
  }

  @Test
  void makesHalfOfItsOutputOnes() {
    Random random = new Random(SEED);
    int ones = 0;
    for (int run = 0; run < 50; run++) {
      long[] y = ToeplitzHash.hash(bits(random, 1000), 1000, bits(random, 1499), 500);
      for (long word : y) {
        ones += Long.bitCount(word);
      }
    }
    // 25,000 bits: a standard deviation is 79
    assertTrue(Math.abs(ones - 12_500) < 5 * 79, "ones=" + ones + " seed=" + SEED);
  }
}
