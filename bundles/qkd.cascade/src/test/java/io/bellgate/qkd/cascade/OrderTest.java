package io.bellgate.qkd.cascade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Orders, block sizes, and the public bits that they are made of. */
class OrderTest {
  private static PublicBits bits(int seed) {
    byte[] octets = new byte[PublicBits.SEED_OCTETS];
    octets[0] = (byte) seed;
    return new PublicBits(octets);
  }

  private static boolean bit(long[] key, int bit) {
    return (key[bit >>> 6] >>> bit & 1) != 0;
  }

  /** Pitfall 22, counting tools that are wrong: words against a loop over bits. */
  @Test
  void hasTheParitiesOfANaiveLoop() {
    SplittableRandom random = new SplittableRandom(1);
    for (int length : new int[] {64, 65, 100, 1000, 4096, 4133}) {
      long[] key = Frames.key(length, random);
      Order.Halved halved = new Order.Halved(key, length, bits(1));
      List<Order> orders =
          List.of(new Order.Natural(key), new Order.Shuffled(key, length, bits(2)), halved);
      for (int i = 0; i < 300; i++) {
        int flipped = random.nextInt(length);
        key[flipped >>> 6] ^= 1L << flipped;
        orders.forEach(o -> o.flipped(flipped));
        for (Order order : orders) {
          int from = random.nextInt(length);
          int end = order == halved && from < halved.first() ? halved.first() : length;
          int to = from + 1 + random.nextInt(end - from);
          boolean naive = false;
          for (int p = from; p < to; p++) {
            naive ^= bit(key, order.bit(p));
          }
          assertEquals(naive, order.parity(from, to), order + " " + from + " to " + to);
        }
      }
    }
  }

  @Test
  void isAPermutation() {
    for (int length : new int[] {64, 65, 100, 4133}) {
      long[] key = new long[(length + 63) / 64];
      for (Order order :
          List.of(
              new Order.Natural(key),
              new Order.Shuffled(key, length, bits(3)),
              new Order.Halved(key, length, bits(4)))) {
        for (int bit = 0; bit < length; bit++) {
          int position = order.position(bit);
          assertTrue(position >= 0 && position < length);
          assertEquals(bit, order.bit(position));
        }
      }
    }
  }

  /** Each of 6 bits at each of 6 places: chi-square with 25 degrees of freedom, fixed seed. */
  @Test
  void shufflesWithoutBias() {
    PublicBits random = bits(5);
    int[][] seen = new int[6][6];
    int rounds = 12_000;
    for (int i = 0; i < rounds; i++) {
      Order.Shuffled order = new Order.Shuffled(new long[1], 6, random);
      for (int p = 0; p < 6; p++) {
        seen[p][order.bit(p)]++;
      }
    }
    double expected = rounds / 6.0;
    double chi = 0;
    for (int[] row : seen) {
      for (int count : row) {
        chi += (count - expected) * (count - expected) / expected;
      }
    }
    assertTrue(chi > 10 && chi < 46, "chi-square=" + chi);
  }

  /**
   * The key stream begins with AES-256 of the zero block under the zero key: H of test case 13 of
   * McGrew and Viega, <i>The Galois/Counter Mode of Operation</i>.
   */
  @Test
  void expandsASeedAlikeEverywhere() {
    PublicBits random = new PublicBits(new byte[32]);
    assertEquals(0xdc95c078, random.nextInt());
    assertEquals(0xa2408989, random.nextInt());
    assertEquals(0xad48a21492842087L, random.nextLong());
    for (int bound : new int[] {1, 2, 3, 1000, 1 << 20}) {
      for (int i = 0; i < 5000; i++) {
        int drawn = random.below(bound);
        assertTrue(drawn >= 0 && drawn < bound);
      }
    }
  }

  @Test
  void cutsBlocksAsPublished() {
    assertArrayEquals(new int[] {73, 146, 292, 584}, Variant.ORIGINAL.blockBits(10_000, 0.01));
    assertArrayEquals(new int[] {15, 30, 60, 120}, Variant.ORIGINAL.blockBits(10_000, 0.05));
    assertArrayEquals(new int[] {100, 200}, Variant.OPT4.blockBits(16_384, 0.01));
    assertArrayEquals(new int[] {10, 20}, Variant.OPT4.blockBits(16_384, 0.11));
    assertArrayEquals(new int[] {128, 512}, Variant.OPT7.blockBits(16_384, 0.01));
    assertArrayEquals(new int[] {16, 64}, Variant.OPT7.blockBits(16_384, 0.08));
    assertArrayEquals(new int[] {128, 1024, 4096}, Variant.OPT8.blockBits(16_384, 0.01));
    assertArrayEquals(new int[] {16, 256, 4096}, Variant.OPT8.blockBits(16_384, 0.05));
    assertArrayEquals(new int[] {32, 32}, Variant.OPT4.blockBits(64, 0));
    assertArrayEquals(new int[] {33, 33, 33}, Variant.OPT8.blockBits(65, 0));
  }

  @Test
  void cutsEveryPassIntoAllPositions() {
    for (int length : new int[] {64, 65, 1021, 16_384}) {
      for (Variant variant : Variant.values()) {
        Layout layout =
            new Layout(variant, new long[(length + 63) / 64], length, 0.03, new byte[32]);
        for (int i = 0; i < variant.passes; i++) {
          Pass pass = layout.open();
          int at = 0;
          for (int block = 0; block < pass.blocks(); block++) {
            assertEquals(at, pass.from(block));
            assertTrue(pass.to(block) > at);
            assertEquals(block, pass.blockAt(at));
            assertEquals(block, pass.blockAt(pass.to(block) - 1));
            at = pass.to(block);
          }
          assertEquals(length, at);
        }
      }
    }
  }

  /** Pitfall 11, fixed permutations and weak generators: static part. */
  @Test
  void usesNoWeakGenerator() throws Exception {
    Path classes =
        Path.of(Cascade.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      List<Path> all = files.filter(f -> f.toString().endsWith(".class")).toList();
      assertFalse(all.isEmpty());
      for (Path file : all) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("java/util/Random"), file::toString);
        assertFalse(text.contains("SplittableRandom"), file::toString);
        assertFalse(text.contains("ThreadLocalRandom"), file::toString);
      }
    }
  }
}
