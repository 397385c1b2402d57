package io.bellgate.keys.pqc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.keys.pqc.identity.BitsRandom;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The mechanisms below the exchange. */
class KemTest {
  private static final AlgorithmRegistry REGISTRY = new TestedAlgorithms();

  private static List<Kem> allKems() {
    return Arrays.stream(Suite.values())
        .filter(s -> s != Suite.EXPERIMENTAL)
        .flatMap(s -> s.kems(REGISTRY, Use.MAKE).stream())
        .toList();
  }

  private static Kem mlKem() {
    return Suite.PURE_1024.kems(REGISTRY, Use.MAKE).get(0);
  }

  private static Kem x25519() {
    return Suite.CLASSICAL.kems(REGISTRY, Use.MAKE).get(0);
  }

  private final BitsRandom random = new BitsRandom(new SeededBits(11));

  @Test
  void bothEndsGetTheSameSecretOfTheSizesSaid() {
    for (Kem kem : allKems()) {
      Kem.Offered offered = kem.offer(random);
      Kem.Replied replied = kem.reply(offered.offer(), random);
      assertEquals(kem.offerOctets(), offered.offer().length);
      assertEquals(kem.replyOctets(), replied.reply().length);
      assertEquals(32, replied.secret().length());
      assertTrue(offered.secret(replied.reply()).matches(replied.secret()));
    }
  }

  @Test
  void mlKemRefusesAKeyWhoseCoefficientsAreNotReduced() {
    byte[] offer = mlKem().offer(random).offer();
    offer[0] = (byte) 0xff;
    offer[1] |= 0x0f;
    assertThrows(IllegalArgumentException.class, () -> mlKem().reply(offer, random));
  }

  @Test
  void mlKemAnswersAGarbledCiphertextWithAnotherSecret() {
    Kem kem = mlKem();
    Kem.Offered offered = kem.offer(random);
    Kem.Replied replied = kem.reply(offered.offer(), random);
    replied.reply()[17] ^= 1;
    assertFalse(offered.secret(replied.reply()).matches(replied.secret()));
  }

  @Test
  void x25519RefusesEveryPointOfSmallOrder() {
    // RFC 7748 section 6.1; the list is that of Curve25519's small-order u-coordinates
    BigInteger p = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    List<BigInteger> points =
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            p.subtract(BigInteger.ONE),
            p,
            p.add(BigInteger.ONE),
            new BigInteger(
                "325606250916557431795983626356110631294008115727848805560023387167927233504"),
            new BigInteger(
                "39382357235489614581723060781553021112529911719440698176882885853963445705823"));
    for (BigInteger point : points) {
      byte[] value = littleEndian(point);
      assertThrows(IllegalArgumentException.class, () -> x25519().reply(value, random), "" + point);
      Kem.Offered offered = x25519().offer(random);
      assertThrows(IllegalArgumentException.class, () -> offered.secret(value), "" + point);
    }
  }

  private static byte[] littleEndian(BigInteger value) {
    byte[] octets = new byte[32];
    for (int i = 0; i < 32; i++) {
      octets[i] = value.shiftRight(8 * i).byteValue();
    }
    return octets;
  }

  private static Agreement agree(String initiator, int count, UUID block, byte fill) {
    byte[] secret = new byte[32];
    Arrays.fill(secret, fill);
    Agreement.Terms terms = new Agreement.Terms(Suite.CLASSICAL, block, initiator, "bob", count);
    List<byte[]> shares = List.of(new byte[32]);
    return new Agreement(REGISTRY, Use.MAKE, terms, shares, shares, List.of(Secret.absorb(secret)));
  }

  @Test
  void theAgreementBindsWhatItIsAbout() {
    UUID id = new UUID(1, 2);
    Secret keys = agree("alice", 2, id, (byte) 1).keys();
    assertTrue(keys.matches(agree("alice", 2, id, (byte) 1).keys()));
    assertFalse(keys.matches(agree("alicf", 2, id, (byte) 1).keys()));
    assertFalse(keys.matches(agree("alice", 2, new UUID(1, 3), (byte) 1).keys()));
    assertFalse(keys.matches(agree("alice", 2, id, (byte) 2).keys()));
    assertFalse(keys.matches(agree("alice", 3, id, (byte) 1).keys().part(0, 64)));
  }

  @Test
  void theAgreementIsTheOneWrittenDown() throws Exception {
    // the derivation that Agreement describes, once more with nothing but the JDK's HMAC
    javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA384");
    byte[] label = "bellgate keys.pqc 1".getBytes("US-ASCII");
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) 7);
    mac.init(new javax.crypto.spec.SecretKeySpec(label, "HmacSHA384"));
    byte[] prk = mac.doFinal(secret);
    UUID id = new UUID(1, 2);
    java.io.ByteArrayOutputStream context = new java.io.ByteArrayOutputStream();
    for (byte[] field :
        List.of(
            label,
            "X25519".getBytes("US-ASCII"),
            id.toString().getBytes("US-ASCII"),
            "alice".getBytes("US-ASCII"),
            "bob".getBytes("US-ASCII"),
            new byte[] {0, 0, 0, 1},
            new byte[32],
            new byte[32])) {
      context.writeBytes(new byte[] {0, 0, 0, (byte) field.length});
      context.writeBytes(field);
    }
    byte[] hash = java.security.MessageDigest.getInstance("SHA-384").digest(context.toByteArray());
    mac.init(new javax.crypto.spec.SecretKeySpec(prk, "HmacSHA384"));
    mac.update("keys".getBytes("US-ASCII"));
    mac.update(hash);
    mac.update((byte) 1);
    byte[] expected = Arrays.copyOf(mac.doFinal(), 32);
    String keys = agree("alice", 1, id, (byte) 7).keys().lend(HexFormat.of()::formatHex);
    assertEquals(HexFormat.of().formatHex(expected), keys);
  }

  @Test
  void blockIdsAreRecognised() {
    SeededBits bits = new SeededBits(3);
    for (int i = 0; i < 100; i++) {
      UUID id = BlockIds.draw(bits);
      assertTrue(BlockIds.isOurs(id) && id.version() == 8 && id.variant() == 2, id.toString());
      assertFalse(BlockIds.isOurs(UUID.randomUUID()));
    }
  }
}
