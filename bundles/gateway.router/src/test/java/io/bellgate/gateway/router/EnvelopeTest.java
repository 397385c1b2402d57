package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.policy.Protection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final byte[] PLAIN = "1016.6 hPa".getBytes(StandardCharsets.UTF_8);
  private static final Envelope.Direction TO_BOB = new Envelope.Direction("alice", "bob", 7);

  private static Key key(int fill) {
    byte[] octets = new byte[32];
    java.util.Arrays.fill(octets, (byte) fill);
    return new Key(
        new KeyId(new UUID(1, 2), 32, 32),
        new KeyOrigin(KeyOrigin.Kind.PQC, false, false, Map.of()),
        Secret.absorb(octets));
  }

  private static MessageKey derived(int fill) {
    return MessageKey.derive(key(fill), "alice", "bob", "pqc");
  }

  private static byte[] sealed() {
    return Envelope.seal(derived(1), Protection.PQC, 3, 5, TO_BOB, PLAIN);
  }

  @Test
  void opensWhatWasSealed() {
    Envelope envelope = Envelope.parse(sealed());
    assertEquals(key(1).id(), envelope.keyId());
    assertEquals(3, envelope.epoch());
    assertEquals(5, envelope.sequence());
    assertArrayEquals(PLAIN, envelope.open(derived(1), TO_BOB));
  }

  @Test
  void refusesAnotherKeyByItsCommitment() {
    Envelope envelope = Envelope.parse(sealed());
    Malformed refusal = assertThrows(Malformed.class, () -> envelope.open(derived(2), TO_BOB));
    assertEquals("BG-ROUTE-012", refusal.code());
  }

  @Test
  void refusesAnotherDirectionTransferAndProtection() {
    Envelope envelope = Envelope.parse(sealed());
    assertThrows(
        Malformed.class,
        () -> envelope.open(derived(1), new Envelope.Direction("bob", "alice", 7)));
    assertThrows(
        Malformed.class,
        () -> envelope.open(derived(1), new Envelope.Direction("alice", "bob", 8)));
    MessageKey other = MessageKey.derive(key(1), "alice", "bob", "classical");
    assertThrows(Malformed.class, () -> envelope.open(other, TO_BOB));
  }

  @Test
  void refusesEveryFlippedBitWithACode() {
    byte[] octets = sealed();
    for (int bit = 0; bit < 8 * octets.length; bit++) {
      byte[] changed = octets.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      int at = bit;
      assertThrows(
          Malformed.class,
          () -> Envelope.parse(changed).open(derived(1), TO_BOB),
          () -> "bit=" + at);
    }
  }

  @Test
  void refusesGarbageWithACodeAndNothingElse() {
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = i % 2 == 0 ? sealed() : new byte[random.nextInt(80)];
      for (int k = 0; k < 1 + random.nextInt(6) && octets.length > 0; k++) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      byte[] cut = java.util.Arrays.copyOf(octets, random.nextInt(octets.length + 1));
      try {
        Envelope.parse(cut).open(derived(1), TO_BOB);
      } catch (Malformed expected) {
        assertEquals(true, expected.code().startsWith("BG-ROUTE-01"), "seed=" + seed);
      }
      expectMalformedOrFine(() -> Item.decode(cut));
      expectMalformedOrFine(() -> Wire.Request.decode(cut));
      expectMalformedOrFine(() -> Wire.Reply.decode(cut));
    }
  }

  private static void expectMalformedOrFine(Runnable decoder) {
    try {
      decoder.run();
    } catch (Malformed expected) {
      assertEquals(true, expected.code().startsWith("BG-ROUTE-01"));
    }
  }
}
