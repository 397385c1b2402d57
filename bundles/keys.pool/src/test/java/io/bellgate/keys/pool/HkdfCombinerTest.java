package io.bellgate.keys.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyCombiner;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** The combiner, against RFC 5869 done by hand. */
class HkdfCombinerTest {
  private static final KeyOrigin PQC = new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of());
  private static final KeyCombiner.Context CONTEXT =
      new KeyCombiner.Context("qkd+pqc", "alice", "bob", "message", 7);
  private static final HexFormat HEX = HexFormat.of();

  private final HkdfCombiner combiner = new HkdfCombiner();

  private static Key key(int number, int octets) {
    byte[] secret = new byte[octets];
    Arrays.fill(secret, (byte) number);
    return new Key(new KeyId(new UUID(5, number), 32, octets), PQC, Secret.absorb(secret));
  }

  private static byte[] octets(KeyCombiner.Combined combined) {
    byte[] all = Arrays.copyOf(combined.key().lend(byte[]::clone), 64);
    System.arraycopy(combined.commitment(), 0, all, 32, 32);
    return all;
  }

  private static byte[] hmac(byte[] key, byte[] message) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }

  /** RFC 5869, A.1 to A.3. */
  @Test
  void derivesWhatTheStandardSays() {
    byte[] ikm = HEX.parseHex("0b".repeat(22));
    byte[] salt = HEX.parseHex("000102030405060708090a0b0c");
    byte[] info = HEX.parseHex("f0f1f2f3f4f5f6f7f8f9");
    byte[] prk = Hkdf.extract(salt, ikm);
    assertEquals(
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5", HEX.formatHex(prk));
    assertEquals(
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        HEX.formatHex(Hkdf.expand(prk, info, 42)));
    byte[] none = {};
    byte[] unsalted = Hkdf.extract(none, ikm);
    assertEquals(
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        HEX.formatHex(unsalted));
    assertEquals(
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        HEX.formatHex(Hkdf.expand(unsalted, none, 42)));
    byte[] longPrk = Hkdf.extract(range(0x60, 80), range(0, 80));
    assertEquals(
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
            + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
            + "cc30c58179ec3e87c14c01d5c1f3434f1d87",
        HEX.formatHex(Hkdf.expand(longPrk, range(0xb0, 80), 82)));
  }

  private static byte[] range(int first, int octets) {
    byte[] range = new byte[octets];
    for (int i = 0; i < octets; i++) {
      range[i] = (byte) (first + i);
    }
    return range;
  }

  @Test
  void combinesAsDescribed() throws Exception {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    new DataOutputStream(input).writeInt(32);
    input.writeBytes(key(1, 32).secret().lend(byte[]::clone));
    new DataOutputStream(input).writeInt(96);
    input.writeBytes(key(2, 96).secret().lend(byte[]::clone));
    byte[] prk =
        hmac("bellgate combiner 1".getBytes(StandardCharsets.US_ASCII), input.toByteArray());
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    for (String text :
        List.of(
            "00000000-0000-0005-0000-000000000001:32:32",
            "00000000-0000-0005-0000-000000000002:32:96",
            "qkd+pqc",
            "alice",
            "bob",
            "message")) {
      new DataOutputStream(info).writeInt(text.length());
      info.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
    new DataOutputStream(info).writeInt(8);
    new DataOutputStream(info).writeLong(7);
    info.write(1);
    byte[] first = hmac(prk, info.toByteArray());
    byte[] after = info.toByteArray();
    after[after.length - 1] = 2;
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    second.writeBytes(first);
    second.writeBytes(after);
    KeyCombiner.Combined combined = combiner.combine(CONTEXT, List.of(key(1, 32), key(2, 96)));
    assertArrayEquals(first, combined.key().lend(byte[]::clone));
    assertArrayEquals(hmac(prk, second.toByteArray()), combined.commitment());
  }

  @Test
  void givesAnUnrelatedKeyForAnyDifference() {
    List<Key> keys = List.of(key(1, 32), key(2, 96));
    List<byte[]> results = new ArrayList<>();
    results.add(octets(combiner.combine(CONTEXT, keys)));
    for (KeyCombiner.Context other :
        List.of(
            new KeyCombiner.Context("qkd+pqd", "alice", "bob", "message", 7),
            new KeyCombiner.Context("qkd+pqc", "alicf", "bob", "message", 7),
            new KeyCombiner.Context("qkd+pqc", "alice", "boc", "message", 7),
            new KeyCombiner.Context("qkd+pqc", "bob", "alice", "message", 7),
            new KeyCombiner.Context("qkd+pqc", "alice", "bob", "messagf", 7),
            new KeyCombiner.Context("qkd+pqc", "aliceb", "ob", "message", 7),
            new KeyCombiner.Context("qkd+pqc", "alice", "bobm", "essage", 7),
            new KeyCombiner.Context("qkd+pqc", "alice", "bob", "message", 8))) {
      results.add(octets(combiner.combine(other, keys)));
    }
    List<Key> swapped = new ArrayList<>(keys);
    Collections.reverse(swapped);
    results.add(octets(combiner.combine(CONTEXT, swapped)));
    results.add(octets(combiner.combine(CONTEXT, keys.subList(0, 1))));
    results.add(octets(combiner.combine(CONTEXT, List.of(keys.get(0), flipped(keys.get(1))))));
    results.add(octets(combiner.combine(CONTEXT, List.of(renamed(keys.get(0)), keys.get(1)))));
    results.add(octets(combiner.combine(CONTEXT, List.of(keys.get(0), renamed(keys.get(1))))));
    Set<String> halves = new HashSet<>();
    for (byte[] result : results) {
      assertTrue(halves.add(HEX.formatHex(result, 0, 32)), "a key came twice");
      assertTrue(halves.add(HEX.formatHex(result, 32, 64)), "a commitment came twice");
    }
    assertEquals(2 * results.size(), halves.size());
  }

  private static Key flipped(Key key) {
    byte[] octets = key.secret().lend(byte[]::clone);
    octets[octets.length - 1] ^= 1;
    return new Key(key.id(), key.origin(), Secret.absorb(octets));
  }

  private static Key renamed(Key key) {
    return new Key(new KeyId(key.id().block(), 64, key.id().length()), key.origin(), key.secret());
  }

  @Test
  void takesOneToFourKeysAndLeavesThemAlone() {
    List<Key> five = List.of(key(1, 32), key(2, 32), key(3, 32), key(4, 32), key(5, 32));
    assertThrows(IllegalArgumentException.class, () -> combiner.combine(CONTEXT, List.of()));
    assertThrows(IllegalArgumentException.class, () -> combiner.combine(CONTEXT, five));
    combiner.combine(CONTEXT, five.subList(0, 4));
    assertEquals(1, five.get(0).secret().lend(o -> o[0]).intValue());
  }
}
