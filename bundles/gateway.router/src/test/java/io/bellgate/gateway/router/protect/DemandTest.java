package io.bellgate.gateway.router.protect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.policy.Protection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A quantum-safe word is met by no classical and no pre-shared key, by whatever path. */
class DemandTest {
  private static final Set<Protection> QUANTUM_SAFE =
      EnumSet.complementOf(EnumSet.of(Protection.CLASSICAL));

  private static List<KeyOrigin> origins() {
    List<KeyOrigin> origins = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (String hybrid : List.of("", "true", "false")) {
        for (int marks = 0; marks < 4; marks++) {
          KeyOrigin origin = KeyEnds.origin(kind, marks % 2 == 1, marks >= 2, hybrid);
          origins.add(origin);
          origins.add(fully(origin));
        }
      }
    }
    return origins;
  }

  private static KeyOrigin fully(KeyOrigin origin) {
    Map<String, String> attributes = new HashMap<>(origin.attributes());
    attributes.put("bits", "full-entropy");
    return new KeyOrigin(origin.kind(), origin.simulated(), origin.relayed(), attributes);
  }

  /** Written down once more, apart from the code. */
  private static String kinds(Protection protection) {
    return switch (protection.word()) {
      case "otp-full", "otp", "qkd" -> "QKD";
      case "qkd+pqc" -> "QKD PQC";
      case "pqc", "pqc-pure" -> "PQC";
      case "classical" -> "CLASSICAL";
      default -> throw new AssertionError(protection);
    };
  }

  /** What is demanded of a kind beside the kind. */
  private static KeyOrigin good(Kind kind) {
    return fully(KeyEnds.origin(kind, false, false, "false"));
  }

  @Test
  void demandAcceptsOneKindInEachPosition() {
    for (Protection protection : Protection.values()) {
      String[] kinds = kinds(protection).split(" ");
      List<Demand.Position> positions = Demand.of(protection).positions();
      assertEquals(kinds.length, positions.size());
      for (int i = 0; i < kinds.length; i++) {
        for (KeyOrigin origin : origins()) {
          boolean wanted =
              origin.kind().name().equals(kinds[i])
                  && !(protection.word().startsWith("otp") && origin.relayed())
                  && !(protection == Protection.OTP_FULL
                      && !"full-entropy".equals(origin.attributes().get("bits")))
                  && !(protection == Protection.PQC_PURE
                      && !"false".equals(origin.attributes().get("hybrid")));
          String what = protection + " position " + i + " " + origin;
          assertEquals(wanted, positions.get(i).accepts(origin), what);
          if (positions.get(i).accepts(origin)) {
            assertTrue(origin.kind() != Kind.PRESHARED, what);
            assertTrue(origin.kind() != Kind.CLASSICAL || !QUANTUM_SAFE.contains(protection), what);
          }
        }
      }
    }
  }

  @Test
  void demandTakesPadsFromWhatIsLeftOverAndTheOthersForMessages() {
    for (Protection protection : Protection.values()) {
      assertEquals(
          protection.word().startsWith("otp") ? KeyPool.Purpose.PAD : KeyPool.Purpose.MESSAGE,
          Demand.of(protection).purpose());
    }
  }

  @Test
  void senderSealsUnderNoKeyOfAnotherKind() {
    for (Protection protection : Protection.values()) {
      for (Kind kind : Kind.values()) {
        KeyEnds ends = new KeyEnds().fill(good(kind), 1_024);
        boolean wanted = kinds(protection).equals(kind.name());
        assertEquals(wanted, ends.alice.available(protection, 1, 10), protection + " " + kind);
        assertEquals(
            wanted, ends.seal(protection, 1, 1).isPresent(), () -> protection + " " + kind);
        assertEquals(wanted ? 1 : 0, ends.alicePool.taken.size(), protection + " " + kind);
      }
    }
  }

  @Test
  void receiverOpensNothingUnderKeysOfOtherKinds() {
    for (Protection protection : Protection.values()) {
      for (Kind first : Kind.values()) {
        for (Kind second : Kind.values()) {
          boolean two = protection == Protection.QKD_PQC;
          String kinds = first + (two ? " " + second : "");
          receiverJudges(protection, kinds.equals(kinds(protection)), kinds);
        }
      }
    }
  }

  private static void receiverJudges(Protection protection, boolean acceptable, String kinds) {
    KeyEnds ends = new KeyEnds();
    List<Key> keys = new ArrayList<>();
    for (String kind : kinds.split(" ")) {
      ends.fill(good(Kind.valueOf(kind)), 96);
      keys.add(ends.any(Kind.valueOf(kind), protection.oneTime() ? 96 : 32));
    }
    byte[] envelope = KeyEnds.forged(protection, 1, keys.toArray(Key[]::new));
    String what = protection + " " + kinds;
    if (acceptable) {
      assertEquals(keys.size(), ends.open(envelope, 1).orElseThrow().origins().size(), what);
      assertEquals(keys.size(), ends.bobPool.committed.size(), what);
    } else {
      Malformed refusal = assertThrows(Malformed.class, () -> ends.open(envelope, 1), what);
      assertEquals("BG-ROUTE-015", refusal.code(), what);
      assertEquals(List.of(), ends.bobPool.committed, what);
    }
    assertTrue(ends.bobPool.nothingReserved(), what);
  }

  @Test
  void padsComeOfDirectLinksAndTheOthersOfRelayedOnesToo() {
    for (Protection protection : List.of(Protection.OTP, Protection.QKD, Protection.QKD_PQC)) {
      KeyEnds ends = new KeyEnds().fill(Kind.PQC, 1);
      ends.fill(KeyEnds.origin(Kind.QKD, false, true, ""), 1_024);
      assertEquals(
          protection != Protection.OTP, ends.seal(protection, 1, 1).isPresent(), protection::word);
    }
    KeyEnds ends = new KeyEnds().fill(KeyEnds.origin(Kind.QKD, false, true, ""), 96);
    byte[] envelope = KeyEnds.forged(Protection.OTP, 1, ends.any(Kind.QKD, 96));
    assertThrows(Malformed.class, () -> ends.open(envelope, 1));
    assertEquals(List.of(), ends.bobPool.committed);
  }
}
