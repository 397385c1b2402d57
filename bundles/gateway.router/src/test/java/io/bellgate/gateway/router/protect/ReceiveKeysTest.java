package io.bellgate.gateway.router.protect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.upokecenter.cbor.CBORObject;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.policy.Protection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiveKeysTest {
  private static final List<Protection> ALL =
      List.of(Protection.PQC, Protection.QKD, Protection.QKD_PQC, Protection.OTP);
  private KeyEnds ends;

  @BeforeEach
  void open() {
    ends = new KeyEnds().fillAll();
  }

  private void assertNothingBurnt(String what) {
    assertEquals(List.of(), ends.bobPool.committed, what);
    assertTrue(ends.bobPool.nothingReserved(), what);
  }

  @Test
  void receiverOpensAndCommitsEachKeyOnce() {
    for (Protection protection : ALL) {
      for (int i = 0; i < 25; i++) {
        SendKeys.Sealed sealed = ends.sealed(protection, i);
        ReceiveKeys.Opened opened = ends.open(sealed.octets(), i).orElseThrow();
        assertArrayEquals(KeyEnds.PLAIN, opened.plain());
        assertEquals(sealed.origins(), opened.origins());
      }
    }
    assertEquals(Set.copyOf(ends.alicePool.taken), Set.copyOf(ends.bobPool.committed));
    assertEquals(ends.bobPool.committed.size(), new HashSet<>(ends.bobPool.committed).size());
    assertTrue(ends.bobPool.nothingReserved());
  }

  @Test
  void receiverBurnsNothingForAnyChangedOctet() {
    for (Protection protection : ALL) {
      byte[] octets = ends.sealed(protection, 1).octets();
      for (int at = 0; at < octets.length; at++) {
        byte[] changed = octets.clone();
        changed[at] ^= 0x15;
        String what = protection + " at " + at;
        try {
          assertTrue(ends.open(changed, 1).isEmpty(), what); // an ID that names nothing
        } catch (Malformed refused) {
          assertTrue(refused.code().startsWith("BG-ROUTE-01"), what);
        }
        assertNothingBurnt(what);
      }
    }
    for (Protection protection : ALL) {
      ends.open(ends.sealed(protection, 2).octets(), 2).orElseThrow();
    }
  }

  @Test
  void receiverRefusesChangesByTheirClass() {
    for (Protection protection : ALL) {
      byte[] octets = ends.sealed(protection, 1).octets();
      CBORObject cose = CBORObject.DecodeFromBytes(octets);
      int sealed = cose.get(2).GetByteString().length;
      byte[] ciphertext = octets.clone();
      ciphertext[octets.length - sealed] ^= 1;
      byte[] tag = octets.clone();
      tag[octets.length - 1] ^= 1;
      for (byte[] changed : List.of(ciphertext, tag)) {
        Malformed refused = assertThrows(Malformed.class, () -> ends.open(changed, 1));
        assertEquals("BG-ROUTE-012", refused.code());
      }
      Malformed refused = assertThrows(Malformed.class, () -> ends.open(octets, 2), "transfer");
      assertEquals("BG-ROUTE-012", refused.code());
      assertNothingBurnt(protection.word());
    }
  }

  @Test
  void receiverDoesNotKnowForgedIds() {
    for (Protection protection : ALL) {
      List<Key> keys =
          Demand.of(protection).positions().stream()
              .map(p -> ends.any(p.kind(), protection == Protection.OTP ? 96 : 32))
              .toList();
      for (int i = 0; i < keys.size(); i++) {
        Key[] forged = keys.toArray(Key[]::new);
        KeyId id = new KeyId(new UUID(9, 9), 0, keys.get(i).id().length());
        forged[i] = new Key(id, keys.get(i).origin(), keys.get(i).secret());
        assertTrue(ends.open(KeyEnds.forged(protection, 1, forged), 1).isEmpty());
        assertNothingBurnt(protection + " position " + i);
      }
    }
  }

  @Test
  void receiverRefusesSwappedKeys() {
    Key qkd = ends.any(Kind.QKD, 32);
    Key pqc = ends.any(Kind.PQC, 32);
    byte[] swapped = KeyEnds.forged(Protection.QKD_PQC, 1, pqc, qkd);
    Malformed refused = assertThrows(Malformed.class, () -> ends.open(swapped, 1));
    assertEquals("BG-ROUTE-015", refused.code());
    byte[] twice = KeyEnds.forged(Protection.QKD_PQC, 1, qkd, qkd);
    assertTrue(ends.open(twice, 1).isEmpty(), "a key is reserved once");
    assertNothingBurnt("swapped");
    ends.open(KeyEnds.forged(Protection.QKD_PQC, 1, qkd, pqc), 1).orElseThrow();
    assertTrue(ends.open(swapped, 1).isEmpty(), "both are gone");
  }

  @Test
  void receiverKnowsACombinedKeyByAllItsParts() {
    SendKeys.Sealed sealed = ends.sealed(Protection.QKD_PQC, 1);
    ends.open(sealed.octets(), 1).orElseThrow();
    Key part =
        new Key(sealed.keys().get(0), sealed.origins().get(0), ends.any(Kind.QKD, 32).secret());
    assertTrue(ends.open(KeyEnds.forged(Protection.QKD, 2, part), 2).isEmpty());
  }

  @Test
  void receiverRefusesAnotherEpochUnderAKeyThatItKnows() {
    Key key = ends.any(Kind.QKD, 32);
    ends.open(KeyEnds.forged(Protection.QKD, 1, key), 1).orElseThrow();
    MessageKey.Scope scope = new MessageKey.Scope(Protection.QKD, "alice", "bob", 2);
    MessageKey other =
        MessageKey.derive(new io.bellgate.api.keys.MemoryCombiner(), scope, List.of(key));
    byte[] octets = Envelope.seal(other, 1, new Direction("alice", "bob", 2), KeyEnds.PLAIN);
    Malformed refused = assertThrows(Malformed.class, () -> ends.open(octets, 2));
    assertEquals("BG-ROUTE-015", refused.code());
  }

  @Test
  void receiverOpensAPadAgainUntilItIsSettled() {
    byte[] octets = ends.sealed(Protection.OTP, 1).octets();
    ends.open(octets, 1).orElseThrow();
    assertArrayEquals(KeyEnds.PLAIN, ends.open(octets, 1).orElseThrow().plain());
    assertEquals(1, ends.bobPool.committed.size());
    byte[] changed = octets.clone();
    changed[changed.length - 1] ^= 1;
    assertTrue(ends.open(changed, 1).isEmpty(), "other octets");
    assertTrue(ends.open(octets, 2).isEmpty(), "another transfer");
    ends.bob.settled(Envelope.parse(octets));
    assertTrue(ends.open(octets, 1).isEmpty());
  }

  @Test
  void receiverWithoutRoomConsumesNoPad() {
    byte[] octets = ends.sealed(Protection.OTP, 1).octets();
    RejectedExecutionException full = new RejectedExecutionException("no room");
    assertThrows(
        RejectedExecutionException.class,
        () ->
            ends.bob.open(
                Envelope.parse(octets),
                1,
                plain -> {
                  throw full;
                }));
    assertNothingBurnt("a pad");
    assertArrayEquals(KeyEnds.PLAIN, ends.open(octets, 1).orElseThrow().plain());
  }

  @Test
  void poolThatGoesMidWayLosesNothing() {
    for (Protection protection : ALL) {
      int keys = Demand.of(protection).positions().size();
      for (int call = 1; call <= 2 * keys; call++) {
        KeyEnds fresh = new KeyEnds().fillAll();
        byte[] octets = fresh.sealed(protection, 1).octets();
        fresh.bobPool.goneAtCall(call);
        assertThrows(Gone.class, () -> fresh.open(octets, 1));
        assertTrue(fresh.bobPool.nothingReserved());
        if (call <= keys + 1) {
          fresh.open(octets, 1).orElseThrow(); // the first commit had not happened
        } else {
          assertTrue(fresh.open(octets, 1).isEmpty(), "one is gone: the sender takes others");
        }
      }
    }
  }

  @Test
  void absentPoolAndCombinerAreNoUnknownKey() {
    for (Protection protection : ALL) {
      byte[] octets = ends.sealed(protection, 1).octets();
      ends.poolAbsent = true;
      assertThrows(Gone.class, () -> ends.open(octets, 1));
      ends.poolAbsent = false;
      if (protection != Protection.OTP) {
        ends.combinerAbsent = true;
        assertThrows(Gone.class, () -> ends.open(octets, 1));
        ends.combinerAbsent = false;
      }
      assertNothingBurnt(protection.word());
    }
  }
}
