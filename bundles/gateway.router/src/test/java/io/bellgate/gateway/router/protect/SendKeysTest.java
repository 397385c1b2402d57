package io.bellgate.gateway.router.protect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.policy.Protection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SendKeysTest {
  private static final List<Protection> DERIVED =
      List.of(Protection.PQC, Protection.QKD, Protection.QKD_PQC);
  private final KeyEnds ends = new KeyEnds();

  @Test
  void keysAreReplacedByUseByAgeAndByEpoch() {
    for (Protection protection : DERIVED) {
      ends.fillAll();
      List<KeyId> first = ends.seal(protection, 1, 0).orElseThrow().keys();
      for (int i = 1; i < 10; i++) {
        assertEquals(first, ends.seal(protection, 1, i).orElseThrow().keys());
      }
      List<KeyId> second = ends.seal(protection, 1, 10).orElseThrow().keys();
      assertNotEquals(first, second, "ten messages");
      List<KeyId> third = ends.seal(protection, 2, 11).orElseThrow().keys();
      assertNotEquals(second, third, "another epoch");
      assertEquals(third, ends.seal(protection, 2, 12).orElseThrow().keys());
      ends.pass(60);
      List<KeyId> fourth = ends.seal(protection, 2, 13).orElseThrow().keys();
      assertNotEquals(third, fourth, "a minute");
      Set<KeyId> all = new HashSet<>();
      List.of(first, second, third, fourth).forEach(all::addAll);
      assertEquals(4 * first.size(), all.size());
    }
  }

  @Test
  void keysOfBothKindsGoInFixedOrder() {
    ends.fillAll();
    SendKeys.Sealed sealed = ends.sealed(Protection.QKD_PQC, 1);
    assertEquals(
        List.of(Kind.QKD, Kind.PQC), sealed.origins().stream().map(o -> o.kind()).toList());
    assertEquals(sealed.keys(), Envelope.parse(sealed.octets()).keys());
  }

  @Test
  void keysOfOneKindAreNotTakenWhileTheOtherIsShort() {
    ends.fill(Kind.QKD, 3);
    assertTrue(ends.seal(Protection.QKD_PQC, 1, 1).isEmpty());
    assertEquals(List.of(), ends.alicePool.taken);
    assertEquals(List.of(Kind.PQC), ends.wanted);
    KeyEnds other = new KeyEnds().fill(Kind.PQC, 3);
    assertTrue(other.seal(Protection.QKD_PQC, 1, 1).isEmpty());
    assertEquals(List.of(), other.alicePool.taken);
    assertEquals(List.of(Kind.QKD), other.wanted);
  }

  @Test
  void keyThatWasTakenInVainServesTheNextTry() {
    ends.fill(Kind.PQC, 1).fill(Kind.QKD, 1);
    ends.alicePool.emptyHanded(Kind.QKD, true); // as when another consumer came first
    assertTrue(ends.seal(Protection.QKD_PQC, 1, 1).isEmpty());
    assertEquals(1, ends.alicePool.taken.size(), "the PQC key");
    assertEquals(List.of(Kind.QKD), ends.wanted);
    ends.alicePool.emptyHanded(Kind.QKD, false);
    assertTrue(ends.alice.available(Protection.QKD_PQC, 1, 0), "what is kept counts");
    SendKeys.Sealed sealed = ends.sealed(Protection.QKD_PQC, 1);
    assertEquals(ends.alicePool.taken.get(0), sealed.keys().get(1));
    assertEquals(2, ends.alicePool.taken.size());
  }

  @Test
  void poolThatGoesMidWayBurnsNothing() {
    for (Protection protection :
        List.of(Protection.PQC, Protection.QKD, Protection.QKD_PQC, Protection.OTP)) {
      int keys = Demand.of(protection).positions().size();
      for (int call = 1; call <= keys; call++) {
        KeyEnds fresh = new KeyEnds().fillAll();
        fresh.alicePool.goneAtCall(call);
        assertThrows(Gone.class, () -> fresh.seal(protection, 1, 1), protection::word);
        SendKeys.Sealed sealed = fresh.sealed(protection, 1);
        assertEquals(Set.copyOf(sealed.keys()), Set.copyOf(fresh.alicePool.taken));
        assertTrue(fresh.open(sealed.octets(), 1).isPresent());
      }
    }
  }

  @Test
  void absentPoolAndCombinerAreNoShortage() {
    ends.fillAll();
    ends.poolAbsent = true;
    for (Protection protection : Protection.values()) {
      assertThrows(Gone.class, () -> ends.seal(protection, 1, 1), protection::word);
    }
    ends.poolAbsent = false;
    ends.combinerAbsent = true;
    for (Protection protection : DERIVED) {
      assertThrows(Gone.class, () -> ends.seal(protection, 1, 1), protection::word);
    }
    ends.combinerAbsent = false;
    for (Protection protection : DERIVED) {
      ends.sealed(protection, 1);
    }
    assertEquals(4, ends.alicePool.taken.size(), "what was taken was used");
    assertEquals(List.of(), ends.wanted);
  }

  @Test
  void padIsTakenForEachMessageAndIsAsLongAsItNeeds() {
    ends.fillAll();
    for (int i = 0; i < 5; i++) {
      ends.sealed(Protection.OTP, i);
    }
    assertEquals(5, Set.copyOf(ends.alicePool.taken).size());
    assertEquals(5 * (32 + 64), ends.takenOctets());
    ends.alice.seal(Protection.OTP, 1, 9, new byte[61]).orElseThrow();
    assertEquals(5 * (32 + 64) + 32 + 128, ends.takenOctets());
  }

  @Test
  void padIsHadWhileThePoolIsReadyAndHasEnough() {
    ends.fill(FakePool.origin(Kind.QKD), 160);
    assertTrue(ends.alice.available(Protection.OTP, 1, 0));
    assertTrue(ends.alice.available(Protection.OTP, 1, 124));
    assertFalse(ends.alice.available(Protection.OTP, 1, 125));
    ends.alicePool.state(Kind.QKD, KeyPool.State.WARNING);
    assertFalse(ends.alice.available(Protection.OTP, 1, 0));
    assertTrue(ends.seal(Protection.OTP, 1, 1).isEmpty());
    assertTrue(ends.alice.available(Protection.QKD, 1, 0), "messages may still have keys");
    ends.alicePool.state(Kind.QKD, KeyPool.State.CHARGING);
    assertFalse(ends.alice.available(Protection.QKD, 1, 0));
    assertTrue(ends.seal(Protection.QKD, 1, 1).isEmpty());
    assertEquals(List.of(), ends.alicePool.taken);
  }

  @Test
  void keyInUseIsHadThoughThePoolIsEmptyUntilTheEpochChanges() {
    ends.fill(Kind.QKD, 1);
    ends.sealed(Protection.QKD, 1);
    assertTrue(ends.alice.available(Protection.QKD, 1, 0));
    assertFalse(ends.alice.available(Protection.QKD, 2, 0));
    ends.poolAbsent = true;
    ends.sealed(Protection.QKD, 2);
  }

  @Test
  void messageThatIsTooLongForAPadTakesNone() {
    ends.fill(FakePool.origin(Kind.QKD), 2 * KeyPool.MAX_KEY_OCTETS);
    int most = KeyPool.MAX_KEY_OCTETS - 32 - 4 - 32; // 32 octets less: 64 does not go into it
    assertTrue(ends.alice.fits(Protection.OTP, most));
    assertFalse(ends.alice.fits(Protection.OTP, most + 1));
    assertFalse(ends.alice.available(Protection.OTP, 1, most + 1));
    assertTrue(ends.alice.seal(Protection.OTP, 1, 1, new byte[most + 1]).isEmpty());
    assertEquals(List.of(), ends.alicePool.taken);
    assertTrue(ends.alice.seal(Protection.OTP, 1, 1, new byte[most]).isPresent());
    assertTrue(ends.alice.fits(Protection.QKD, Integer.MAX_VALUE));
  }

  @Test
  void keysThatThePeerDoesNotKnowAreNotUsedAgain() {
    ends.fillAll();
    for (Protection protection : DERIVED) {
      List<KeyId> first = ends.sealed(protection, 1).keys();
      ends.alice.drop(first);
      assertNotEquals(first, ends.sealed(protection, 2).keys());
    }
  }
}
