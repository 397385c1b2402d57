package io.bellgate.nodekeys;

import static io.bellgate.nodekeys.GenerationsTest.counting;
import static io.bellgate.nodekeys.GenerationsTest.hex;
import static io.bellgate.nodekeys.PlainHkdf.hkdf;
import static io.bellgate.nodekeys.PlainHkdf.hmac;
import static io.bellgate.nodekeys.PlainHkdf.join;
import static io.bellgate.nodekeys.PlainHkdf.sha256;
import static io.bellgate.nodekeys.PlainHkdf.u32;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnrolmentTest {
  private static final Provider PROVIDER = new BouncyCastleProvider();
  private static final String IDENTITY = "0011223344556677";

  private final SecureRandom random = new BitsRandom(new SeededBits(20261126));
  private final Secret present = Secret.copyOf("0123456789abcdef0123456789ABCDEF".getBytes());
  private final Enrolment.Before before = new Enrolment.Before(present, "n1", "n1#1");

  @AfterEach
  void destroy() {
    present.destroy();
  }

  private static byte[] part(byte[] octets) {
    return join(u32(octets.length), octets);
  }

  private static byte[] part(String text) {
    return part(text.getBytes());
  }

  private Enrolment derive(EnrolRequest request, EnrolAnswer answer) {
    try (Secret x25519 = Secret.copyOf(counting(10, 32));
        Secret kem = Secret.copyOf(counting(60, 32))) {
      return Enrolment.derive(before, x25519, kem, request, answer);
    }
  }

  /** Computed apart from this code, in another language. */
  @Test
  void isWhatBothEndsCompute() {
    EnrolRequest request =
        new EnrolRequest(EnrolSuite.X25519_ML_KEM_512, counting(1, 32), counting(2, 800));
    EnrolAnswer answer =
        new EnrolAnswer(
            EnrolSuite.X25519_ML_KEM_512,
            counting(3, 32),
            counting(4, 768),
            2,
            IDENTITY,
            HexFormat.of().parseHex("c81c0af6f745102177e34a5e7f6f10b6"));
    try (Enrolment enrolment = derive(request, answer);
        Secret key = enrolment.key()) {
      assertEquals("4ea41e67a6573579dcd283a00d3425715960e819c7dad16346183efaa70fdd5b", hex(key));
      assertTrue(enrolment.confirmedBy(answer));
      assertEquals(
          "b5b8e545ddf3baa5c3d9d4153d2a6211", HexFormat.of().formatHex(enrolment.nodeMac()));
    }
  }

  @Test
  void agreesWithHkdfFromTheHashAloneForAnyMessages() {
    long seed = 4;
    Random numbers = new Random(seed);
    for (EnrolSuite suite : EnrolSuite.values()) {
      byte[] keys = new byte[32 + suite.keyOctets()];
      byte[] back = new byte[32 + suite.ciphertextOctets()];
      numbers.nextBytes(keys);
      numbers.nextBytes(back);
      EnrolRequest request =
          new EnrolRequest(
              suite, Arrays.copyOf(keys, 32), Arrays.copyOfRange(keys, 32, keys.length));
      EnrolAnswer answer =
          new EnrolAnswer(
              suite,
              Arrays.copyOf(back, 32),
              Arrays.copyOfRange(back, 32, back.length),
              7,
              IDENTITY,
              new byte[0]);
      byte[] info = join(part("X25519+" + suite.kem()), part("n1"), part("n1#1"));
      byte[] messageA = join(1, 1, (int) suite.code(), keys);
      byte[] messageB = join(1, 1, (int) suite.code(), back, u32(7), IDENTITY);
      byte[] context = sha256(join(part(info), part(messageA), part(messageB)));
      byte[] input = join(present.lend(byte[]::clone), counting(10, 32), counting(60, 32));
      byte[] output = hkdf("bellgate enrol 1".getBytes(), input, context, 64);
      byte[] confirmation = Arrays.copyOfRange(output, 32, 64);
      try (Enrolment enrolment = derive(request, answer);
          Secret key = enrolment.key()) {
        assertEquals(HexFormat.of().formatHex(output, 0, 32), hex(key), "seed=" + seed);
        assertArrayEquals(
            Arrays.copyOf(hmac(confirmation, join("node", context)), 16), enrolment.nodeMac());
        byte[] gateway = Arrays.copyOf(hmac(confirmation, join("gateway", context)), 16);
        assertTrue(enrolment.confirmedBy(answer.with(gateway)));
      }
    }
  }

  private Enrolment.Answered answer(EnrolRequest request) throws GeneralSecurityException {
    try (Enrolment.Share share =
        Enrolment.answer(request, PROVIDER, PROVIDER, random, 2, IDENTITY)) {
      return share.join(before, request);
    }
  }

  @Test
  void givesBothEndsTheSameKeyAndEachTheOthersWord() throws Exception {
    for (EnrolSuite suite : EnrolSuite.values()) {
      try (EnrollingNode node = new EnrollingNode(suite, PROVIDER, PROVIDER, random)) {
        EnrolRequest request = EnrolRequest.decode(node.request().encode()).orElseThrow();
        Enrolment.Answered answered = answer(request);
        EnrollingNode.Enrolled enrolled =
            node.finish(before, EnrolAnswer.decode(answered.answer().encode()).orElseThrow());
        assertEquals(hex(answered.enrolment().key()), hex(enrolled.key()));
        EnrolConfirmation word = EnrolConfirmation.decode(enrolled.word().encode()).orElseThrow();
        assertTrue(answered.enrolment().confirmedBy(word));
        assertFalse(
            answered.enrolment().confirmedBy(new EnrolConfirmation(IDENTITY, new byte[16])));
        assertFalse(
            answered
                .enrolment()
                .confirmedBy(new EnrolConfirmation(IDENTITY, answered.answer().mac())),
            "the gateway's word is not the node's");
      }
    }
  }

  /**
   * Implicit rejection included: a changed ciphertext gives another secret, which the MAC shows.
   */
  @Test
  void isRefusedByTheNodeIfAnyOctetOfTheAnswerWasChanged() throws Exception {
    try (EnrollingNode node =
        new EnrollingNode(EnrolSuite.X25519_ML_KEM_512, PROVIDER, PROVIDER, random)) {
      byte[] octets = answer(node.request()).answer().encode();
      for (int i = 3; i < octets.length; i += i < 40 || i > 790 ? 1 : 37) {
        byte[] changed = octets.clone();
        changed[i] ^= 1;
        EnrolAnswer read = EnrolAnswer.decode(changed).orElseThrow();
        assertThrows(GeneralSecurityException.class, () -> node.finish(before, read), "octet=" + i);
      }
      EnrolAnswer good = EnrolAnswer.decode(octets).orElseThrow();
      try (Secret other = Secret.copyOf(new byte[32])) {
        for (Enrolment.Before wrong :
            new Enrolment.Before[] {
              new Enrolment.Before(other, "n1", "n1#1"),
              new Enrolment.Before(present, "n2", "n1#1"),
              new Enrolment.Before(present, "n1", "n1#2")
            }) {
          assertThrows(GeneralSecurityException.class, () -> node.finish(wrong, good));
        }
      }
      assertEquals(2, node.finish(before, good).generation());
    }
  }

  /** Either the gateway takes no such keys, or the node does not take its answer to them. */
  @Test
  void comesToNothingIfAnyOctetOfTheRequestWasChanged() throws Exception {
    try (EnrollingNode node =
        new EnrollingNode(EnrolSuite.X25519_ML_KEM_512, PROVIDER, PROVIDER, random)) {
      byte[] octets = node.request().encode();
      int answered = 0;
      for (int i = 3; i < octets.length; i += i < 40 ? 1 : 23) {
        byte[] changed = octets.clone();
        changed[i] ^= 1;
        EnrolRequest seen = EnrolRequest.decode(changed).orElseThrow();
        try {
          EnrolAnswer answer = answer(seen).answer();
          answered++;
          assertThrows(
              GeneralSecurityException.class, () -> node.finish(before, answer), "octet=" + i);
        } catch (GeneralSecurityException noKeys) {
          assertTrue(i >= 35, "any X25519 value will do: octet=" + i);
        }
      }
      assertTrue(answered > 40, "answered=" + answered);
    }
  }

  @Test
  void takesNoKeysThatAreNone() throws Exception {
    try (EnrollingNode node =
        new EnrollingNode(EnrolSuite.X25519_ML_KEM_512, PROVIDER, PROVIDER, random)) {
      EnrolRequest good = node.request();
      byte[] high = good.encapsulationKey().clone();
      high[0] = (byte) 0xff;
      high[1] |= 0x0f; // a coefficient of 4,095: not reduced (FIPS 203, 7.2)
      EnrolRequest notReduced = new EnrolRequest(good.suite(), good.x25519(), high);
      assertThrows(GeneralSecurityException.class, () -> answer(notReduced));
      byte[] one = new byte[32];
      one[0] = 1;
      for (byte[] smallOrder : new byte[][] {new byte[32], one}) {
        EnrolRequest request = new EnrolRequest(good.suite(), smallOrder, good.encapsulationKey());
        assertThrows(GeneralSecurityException.class, () -> answer(request));
      }
    }
  }

  @Test
  void readsAnyOctetsOrNone() {
    long seed = 6;
    Random numbers = new Random(seed);
    int[] lengths = {0, 1, 2, 3, 34, 835, 839, 1_219, 1_159};
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[lengths[numbers.nextInt(lengths.length)] + numbers.nextInt(2)];
      numbers.nextBytes(octets);
      if (octets.length > 2) {
        octets[0] = 1;
        octets[1] = (byte) (1 + numbers.nextInt(2));
        octets[2] &= 3;
      }
      EnrolRequest.decode(octets).ifPresent(m -> assertArrayEquals(octets, m.encode()));
      EnrolAnswer.decode(octets).ifPresent(m -> assertArrayEquals(octets, m.encode()));
      EnrolConfirmation.decode(octets)
          .ifPresent(m -> assertArrayEquals(octets, m.encode(), "seed=" + seed));
    }
  }
}
