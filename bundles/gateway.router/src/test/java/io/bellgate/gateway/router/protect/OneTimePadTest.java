package io.bellgate.gateway.router.protect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OneTimePadTest {
  private static final byte[] HEADER = "a header".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXTERNAL = "alice to bob".getBytes(StandardCharsets.US_ASCII);

  private static Key key(byte[] octets) {
    return new Key(
        new KeyId(new UUID(1, 2), 0, octets.length),
        FakePool.origin(KeyOrigin.Kind.QKD),
        Secret.copyOf(octets));
  }

  /** Poly1305 as the formula has it: RFC 8439, 2.5.1, with whole numbers. */
  private static byte[] polynomial(byte[] r, byte[] s, byte[] octets) {
    BigInteger p = BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));
    BigInteger clamped = number(r).and(new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16));
    BigInteger sum = BigInteger.ZERO;
    for (int at = 0; at < octets.length; at += 16) {
      byte[] block = Arrays.copyOfRange(octets, at, Math.min(octets.length, at + 16));
      BigInteger n = number(block).add(BigInteger.ONE.shiftLeft(8 * block.length));
      sum = sum.add(n).multiply(clamped).mod(p);
    }
    BigInteger tag = sum.add(number(s)).mod(BigInteger.TWO.pow(128));
    byte[] little = new byte[16];
    for (int i = 0; i < 16; i++) {
      little[i] = tag.shiftRight(8 * i).byteValue();
    }
    return little;
  }

  private static BigInteger number(byte[] little) {
    byte[] big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[little.length - 1 - i];
    }
    return new BigInteger(1, big);
  }

  private static byte[] parts(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(ByteBuffer.allocate(4).putInt(part.length).array());
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void polynomialOfThisTestIsThatOfRfc8439() {
    HexFormat hex = HexFormat.of();
    assertEquals(
        "a8061dc1305136c6c22b8baf0c0127a9",
        hex.formatHex(
            polynomial(
                hex.parseHex("85d6be7857556d337f4452fe42d506a8"),
                hex.parseHex("0103808afb0db2fd4abff6af4149f51b"),
                "Cryptographic Forum Research Group".getBytes(StandardCharsets.US_ASCII))));
  }

  @Test
  void padGivesTheKnownAnswer() {
    long seed = 11;
    Random random = new Random(seed);
    for (int length = 0; length < 200; length++) {
      byte[] plain = new byte[length];
      random.nextBytes(plain);
      byte[] key = new byte[(int) OneTimePad.keyOctets(length, 64)];
      random.nextBytes(key);
      byte[] padded = Arrays.copyOf(parts(plain), key.length - 32);
      for (int i = 0; i < padded.length; i++) {
        padded[i] ^= key[32 + i];
      }
      byte[] tag =
          polynomial(
              Arrays.copyOf(key, 16),
              Arrays.copyOfRange(key, 16, 32),
              parts("Encrypt0".getBytes(StandardCharsets.US_ASCII), HEADER, EXTERNAL, padded));
      byte[] expected = ByteBuffer.allocate(padded.length + 16).put(padded).put(tag).array();
      byte[] sealed = OneTimePad.seal(key(key), HEADER, EXTERNAL, plain);
      assertArrayEquals(expected, sealed, "seed=" + seed + " length=" + length);
      assertArrayEquals(plain, OneTimePad.open(key(key), HEADER, EXTERNAL, sealed));
    }
  }

  @Test
  void padHidesTheLengthUpToThePadding() {
    assertEquals(96, OneTimePad.keyOctets(0, 64));
    assertEquals(96, OneTimePad.keyOctets(60, 64));
    assertEquals(160, OneTimePad.keyOctets(61, 64));
    assertEquals(64, OneTimePad.keyOctets(28, 32));
    assertEquals(96, OneTimePad.keyOctets(29, 32));
    assertEquals(64, OneTimePad.keyOctets(0, 1), "whole chunks");
    assertEquals(96, OneTimePad.keyOctets(0, 33), "rounded up");
    assertEquals(64, OneTimePad.keyOctets(0, 0));
    assertEquals(4_194_336, OneTimePad.keyOctets(4_000_000, 1 << 22));
  }

  @Test
  void padRefusesWhatIsNotAsLongAsItsKey() {
    byte[] key = new byte[96];
    byte[] sealed = OneTimePad.seal(key(key), HEADER, EXTERNAL, new byte[10]);
    for (int length = 0; length < 200; length++) {
      byte[] other = Arrays.copyOf(sealed, length);
      if (length != sealed.length) {
        assertThrows(Malformed.class, () -> OneTimePad.open(key(key), HEADER, EXTERNAL, other));
      }
    }
    for (int octets : new int[] {32, 64, 128}) {
      assertThrows(
          Malformed.class, () -> OneTimePad.open(key(new byte[octets]), HEADER, EXTERNAL, sealed));
    }
  }

  @Test
  void padRefusesALengthBeyondThePadding() {
    byte[] key = new byte[64]; // all zero: the pad changes nothing, and the tag is s
    byte[] sealed = new byte[32 + 16];
    sealed[3] = 29;
    assertThrows(Malformed.class, () -> OneTimePad.open(key(key), HEADER, EXTERNAL, sealed));
    sealed[3] = 28;
    assertEquals(28, OneTimePad.open(key(key), HEADER, EXTERNAL, sealed).length);
    sealed[0] = -1;
    assertThrows(Malformed.class, () -> OneTimePad.open(key(key), HEADER, EXTERNAL, sealed));
  }
}
