package io.bellgate.gateway.router.protect;

import static io.bellgate.gateway.router.protect.KeyEnds.PLAIN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.upokecenter.cbor.CBORObject;
import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.MemoryCombiner;
import io.bellgate.api.policy.Protection;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final Direction TO_BOB = new Direction("alice", "bob", 7);
  private static final List<Protection> FORMS =
      List.of(Protection.PQC, Protection.QKD_PQC, Protection.OTP);

  private static Key key(int fill, int octets) {
    byte[] secret = new byte[octets];
    Arrays.fill(secret, (byte) fill);
    return new Key(
        new KeyId(new UUID(1, fill % 16), 32, octets),
        FakePool.origin(KeyOrigin.Kind.PQC),
        Secret.absorb(secret));
  }

  private static MessageKey derived(Protection protection, int fill, long epoch) {
    List<Key> keys =
        protection == Protection.QKD_PQC
            ? List.of(key(fill + 1, 32), key(fill, 32))
            : List.of(key(fill, 32));
    MessageKey.Scope scope = new MessageKey.Scope(protection, "alice", "bob", epoch);
    return MessageKey.derive(new MemoryCombiner(), scope, keys);
  }

  private static byte[] sealed(Protection form) {
    return form == Protection.OTP
        ? Envelope.seal(Protection.OTP, key(1, 96), 3, TO_BOB, PLAIN)
        : Envelope.seal(derived(form, 1, 3), 5, TO_BOB, PLAIN);
  }

  private static byte[] open(Protection form, byte[] octets, Direction direction) {
    Envelope envelope = Envelope.parse(octets);
    // whoever changes the word meets a key that was derived for the true one
    return form == Protection.OTP
        ? envelope.open(key(1, 96), direction)
        : envelope.open(derived(form, 1, 3), direction);
  }

  private static String refusal(Runnable what) {
    return assertThrows(Malformed.class, what::run).code();
  }

  @Test
  void envelopeOpensWhatWasSealed() {
    for (Protection form : FORMS) {
      Envelope envelope = Envelope.parse(sealed(form));
      assertEquals(form, envelope.protection());
      assertEquals(form == Protection.OTP, envelope.oneTime());
      assertEquals(form == Protection.QKD_PQC ? 2 : 1, envelope.keys().size());
      assertEquals(3, envelope.epoch());
      assertArrayEquals(PLAIN, open(form, sealed(form), TO_BOB));
    }
  }

  @Test
  void envelopeRefusesAnotherKeyByItsCommitment() {
    Envelope envelope = Envelope.parse(sealed(Protection.PQC));
    assertEquals(
        "BG-ROUTE-012",
        refusal(() -> envelope.open(derived(Protection.PQC, 17, 3), TO_BOB)),
        "the same ID, another secret");
    Envelope padded = Envelope.parse(sealed(Protection.OTP));
    assertEquals("BG-ROUTE-012", refusal(() -> padded.open(key(17, 96), TO_BOB)));
  }

  @Test
  void envelopeRefusesAnotherDirectionAndTransfer() {
    for (Protection form : FORMS) {
      for (Direction other :
          List.of(
              new Direction("bob", "alice", 7),
              new Direction("alice", "bob", 8),
              new Direction("alic", "ebob", 7))) {
        assertEquals("BG-ROUTE-012", refusal(() -> open(form, sealed(form), other)));
      }
    }
  }

  @Test
  void envelopeRefusesAKeyOfAnotherProtectionOrEpoch() {
    Envelope envelope = Envelope.parse(sealed(Protection.PQC));
    for (MessageKey other :
        List.of(derived(Protection.CLASSICAL, 1, 3), derived(Protection.PQC, 1, 4))) {
      assertEquals("BG-ROUTE-015", refusal(() -> envelope.open(other, TO_BOB)));
    }
  }

  @Test
  void envelopeRefusesEveryFlippedBitWithACode() {
    for (Protection form : FORMS) {
      byte[] octets = sealed(form);
      for (int bit = 0; bit < 8 * octets.length; bit++) {
        byte[] changed = octets.clone();
        changed[bit / 8] ^= (byte) (1 << (bit % 8));
        int at = bit;
        assertThrows(Malformed.class, () -> open(form, changed, TO_BOB), () -> form + " bit=" + at);
      }
    }
  }

  @Test
  void envelopeRefusesGarbageWithACodeAndNothingElse() {
    long seed = 42;
    Random random = new Random(seed);
    for (int i = 0; i < 30_000; i++) {
      Protection form = FORMS.get(i % FORMS.size());
      byte[] octets = i % 7 > 0 ? sealed(form) : new byte[random.nextInt(80)];
      for (int k = 0; k < 1 + random.nextInt(6) && octets.length > 0; k++) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      byte[] cut = Arrays.copyOf(octets, random.nextInt(octets.length + 1));
      byte[] input = i % 2 == 0 ? octets : cut;
      int run = i;
      try {
        open(form, input, TO_BOB);
      } catch (Malformed expected) {
        assertTrue(expected.code().startsWith("BG-ROUTE-01"), () -> "seed=" + seed + " run=" + run);
      }
    }
  }

  /** The envelope with a changed protected header. */
  private static byte[] changed(Protection form, UnaryOperator<CBORObject> change) {
    CBORObject cose = CBORObject.DecodeFromBytes(sealed(form));
    CBORObject header = CBORObject.DecodeFromBytes(cose.get(0).GetByteString());
    return CBORObject.FromObjectAndTag(
            CBORObject.NewArray()
                .Add(change.apply(header).EncodeToBytes())
                .Add(CBORObject.NewMap())
                .Add(cose.get(2)),
            16)
        .EncodeToBytes();
  }

  @Test
  void envelopeNamesTheVersionItRefuses() {
    byte[] first =
        changed(
            Protection.PQC,
            h -> {
              h.Remove(CBORObject.FromObject(-70000));
              return h.Set(-70001, "00000000-0000-0001-0000-000000000002:32:32");
            });
    Malformed refusal = assertThrows(Malformed.class, () -> Envelope.parse(first));
    assertEquals("BG-ROUTE-019", refusal.code());
    assertTrue(refusal.getMessage().contains("version=1"), refusal.getMessage());
    byte[] third = changed(Protection.PQC, h -> h.Set(-70000, 3));
    assertEquals("BG-ROUTE-019", refusal(() -> Envelope.parse(third)));
  }

  @Test
  void envelopeRefusesAHeaderThatDoesNotFitItsProtection() {
    String id = key(1, 32).id().toString();
    List<UnaryOperator<CBORObject>> changes =
        List.of(
            h -> h.Set(1, h.get(CBORObject.FromObject(1)).AsInt32() == 3 ? -70010 : 3),
            h -> h.Set(-70001, CBORObject.NewArray()),
            h -> h.Set(-70001, CBORObject.NewArray().Add(id).Add(id).Add(id)),
            h -> h.Set(-70001, CBORObject.NewArray().Add("no key ID")),
            h -> h.Set(-70001, id),
            h -> h.Set(-70002, "none"),
            h -> h.Set(-70003, "text"),
            h -> h.Set(-70009, 0),
            h -> CBORObject.NewArray());
    for (Protection form : FORMS) {
      for (UnaryOperator<CBORObject> change : changes) {
        byte[] octets = changed(form, change);
        String code = refusal(() -> Envelope.parse(octets));
        assertEquals("BG-ROUTE-011", code, form::word);
      }
    }
    List<UnaryOperator<CBORObject>> changesOfCounters =
        List.of(
            h -> h.Set(-70001, CBORObject.NewArray().Add(key(1, 64).id().toString())),
            h -> h.Set(-70004, -1),
            h -> h.Set(-70005, new byte[31]),
            h -> h.Set(-70005, "text"));
    for (UnaryOperator<CBORObject> change : changesOfCounters) {
      byte[] octets = changed(Protection.PQC, change);
      assertEquals("BG-ROUTE-011", refusal(() -> Envelope.parse(octets)));
    }
  }
}
