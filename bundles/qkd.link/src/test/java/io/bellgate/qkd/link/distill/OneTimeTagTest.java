package io.bellgate.qkd.link.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OneTimeTagTest {
  private static final BigInteger P = BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));

  @Test
  void equalsThePolynomialOfRfc8439() {
    Random random = new Random(8439);
    for (int run = 0; run < 100; run++) {
      byte[] key = new byte[32];
      byte[] first = new byte[random.nextInt(70)];
      byte[] second = new byte[random.nextInt(40)];
      random.nextBytes(key);
      random.nextBytes(first);
      random.nextBytes(second);
      ByteBuffer all = ByteBuffer.allocate(8 + first.length + second.length);
      all.putInt(first.length).put(first).putInt(second.length).put(second);
      assertArrayEquals(
          polynomial(key, all.array()), OneTimeTag.of(key, List.of(first, second)), "run=" + run);
    }
  }

  /** RFC 8439, section 2.5.1, in whole numbers. */
  private static byte[] polynomial(byte[] key, byte[] message) {
    BigInteger clamp = new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16);
    BigInteger r = number(key, 0, 16).and(clamp);
    BigInteger sum = BigInteger.ZERO;
    for (int at = 0; at < message.length; at += 16) {
      int length = Math.min(16, message.length - at);
      BigInteger block = number(message, at, length).setBit(8 * length);
      sum = sum.add(block).multiply(r).mod(P);
    }
    sum = sum.add(number(key, 16, 16)).mod(BigInteger.TWO.pow(128));
    byte[] tag = new byte[16];
    for (int i = 0; i < 16; i++) {
      tag[i] = sum.shiftRight(8 * i).byteValue();
    }
    return tag;
  }

  private static BigInteger number(byte[] octets, int from, int length) {
    byte[] reversed = new byte[length];
    for (int i = 0; i < length; i++) {
      reversed[i] = octets[from + length - 1 - i];
    }
    return new BigInteger(1, reversed);
  }

  @Test
  void tellsWhereOnePartEndsAndTheNextBegins() {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) 7);
    assertFalse(
        Arrays.equals(
            OneTimeTag.of(key, List.of(new byte[] {1, 2}, new byte[] {3})),
            OneTimeTag.of(key, List.of(new byte[] {1}, new byte[] {2, 3}))));
  }

  @Test
  void statesItsChanceOfForgery() {
    assertEquals(8 * 0x1p-106, OneTimeTag.forgery(16));
    // a MiB: 2^-87, as in the literature
    assertEquals(0x1p-87, OneTimeTag.forgery(1 << 20));
  }
}
