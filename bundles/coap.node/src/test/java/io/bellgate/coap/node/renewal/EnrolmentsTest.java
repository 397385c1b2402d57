package io.bellgate.coap.node.renewal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.nodekeys.BitsRandom;
import io.bellgate.nodekeys.EnrolAnswer;
import io.bellgate.nodekeys.EnrolConfirmation;
import io.bellgate.nodekeys.EnrolSuite;
import io.bellgate.nodekeys.EnrollingNode;
import io.bellgate.nodekeys.EnrollingNode.Enrolled;
import io.bellgate.nodekeys.Enrolment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.Provider;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentsTest {
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final Provider PROVIDER = new BouncyCastleProvider();
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;
  private final SeededBits bits = new SeededBits(20261126);
  private final OneProvider registry = new OneProvider();
  private RandomBits bound = bits;
  private AlgorithmRegistry boundRegistry = registry;
  private NodeKeys keys;
  private Enrolments enrolments;
  private long nanos;

  @BeforeEach
  void make() throws Exception {
    keys = new NodeKeys(folder.resolve("nodes.csv"));
    keys.change(
        all -> {
          for (int i = 1; i <= 5; i++) {
            String name = "n" + i;
            all.put(name + "#1", new NodeKey(name, name + "#1", Secret.copyOf(KEY)));
          }
          return true;
        });
    Rules rules = new Rules(60, "", Rules.kinds("PQC"), false, false, SomeRules.INTERVALS, 3, 30);
    Renewal renewal = new Renewal(() -> bound, () -> null, () -> boundRegistry, rules);
    enrolments = new Enrolments(keys, renewal, node -> 86_400);
  }

  /** A node in the middle of its enrolment. */
  private final class Node {
    final String name;
    final EnrollingNode own;

    Node(int number) throws Exception {
      name = "n" + number;
      own =
          new EnrollingNode(EnrolSuite.X25519_ML_KEM_512, PROVIDER, PROVIDER, new BitsRandom(bits));
    }

    Outcome begin() {
      return enrolments.answer(name, name + "#1", own.request().encode(), nanos);
    }

    Enrolled enrolled(Outcome begun) throws Exception {
      byte[] payload = assertInstanceOf(Outcome.Done.class, begun, begun::toString).payload();
      try (Secret present = Secret.copyOf(KEY)) {
        return own.finish(
            new Enrolment.Before(present, name, name + "#1"),
            EnrolAnswer.decode(payload).orElseThrow());
      }
    }

    Outcome say(EnrolConfirmation word) {
      return enrolments.answer(name, name + "#1", word.encode(), nanos);
    }
  }

  private static void assertLater(Outcome outcome) {
    assertEquals("BG-COAP-025", assertInstanceOf(Outcome.Later.class, outcome).code());
  }

  private static void assertRefused(String code, Outcome outcome) {
    assertEquals(code, assertInstanceOf(Outcome.Refused.class, outcome).code());
  }

  @Test
  void takeAKeyOnlyOnceTheNodeHasShownThatItHasIt() throws Exception {
    Node node = new Node(1);
    Enrolled enrolled = node.enrolled(node.begin());
    assertEquals(5, keys.all().size(), "not yet");
    assertEquals(1L, enrolments.status().get("waiting"));
    for (int i = 0; i < 2; i++) { // the answer is lost, and it says so again
      Outcome.Done done = assertInstanceOf(Outcome.Done.class, node.say(enrolled.word()));
      assertEquals(86_400, ByteBuffer.wrap(done.payload()).getInt(1));
    }
    NodeKeys read = new NodeKeys(keys.file());
    assertEquals(Optional.of("n1"), read.node(enrolled.identity()));
    assertEquals(
        enrolled.key().lend(HexFormat.of()::formatHex),
        read.lend(enrolled.identity(), k -> k.key().lend(HexFormat.of()::formatHex)).orElseThrow());
    NodeKey key = read.all().stream().filter(k -> k.generation() == 2).findFirst().orElseThrow();
    assertEquals("enrolled:X25519+ML-KEM-512", key.origin());
    assertEquals(Optional.of("n1"), read.node("n1#1"), "until the new one was used");
    assertEquals(List.of("nodes enrolment [X25519, ML-KEM-512]"), registry.negotiated);
    assertEquals(1L, enrolments.status().get("taken"));
  }

  @Test
  void endWithAWrongWordOrAnother() throws Exception {
    Node node = new Node(1);
    Enrolled enrolled = node.enrolled(node.begin());
    EnrolConfirmation wrong = new EnrolConfirmation(enrolled.identity(), new byte[16]);
    assertRefused("BG-COAP-031", node.say(wrong));
    assertRefused("BG-COAP-030", node.say(enrolled.word()));
    assertEquals(5, keys.all().size());
    Node other = new Node(2);
    assertRefused("BG-COAP-030", other.say(enrolled.word()));
    assertEquals(3L, enrolments.status().get("refused"));
  }

  @Test
  void areOneForEachNodeAndBoundedInNumberAndTime() throws Exception {
    Node first = new Node(1);
    Enrolled old = first.enrolled(first.begin());
    assertLater(first.begin());
    nanos += 2 * SECOND;
    Node again = new Node(1);
    Enrolled enrolled = again.enrolled(again.begin());
    assertRefused("BG-COAP-030", first.say(old.word()));
    new Node(2).begin();
    new Node(3).begin();
    assertLater(new Node(4).begin());
    assertInstanceOf(Outcome.Done.class, again.say(enrolled.word()));
    Node fourth = new Node(4);
    Enrolled late = fourth.enrolled(fourth.begin());
    nanos += 30 * SECOND;
    assertRefused("BG-COAP-030", fourth.say(late.word()));
    assertEquals(0L, enrolments.status().get("waiting"));
    assertEquals(6, keys.all().size());
  }

  @Test
  void needTheRegistryAndWhatItAllows() throws Exception {
    boundRegistry = null;
    assertLater(new Node(1).begin());
    boundRegistry = registry;
    bound = null;
    assertLater(new Node(1).begin());
    bound = bits;
    registry.disabled.add("ML-KEM-512");
    assertRefused("BG-COAP-026", new Node(1).begin());
    registry.disabled.clear();
    assertInstanceOf(Outcome.Done.class, new Node(1).begin());
  }

  @Test
  void areNotForAKeyWhoseSuccessorWasUsed() throws Exception {
    Node node = new Node(1);
    Enrolled enrolled = node.enrolled(node.begin());
    List<OptionalInt> other =
        keys.succeed(
            List.of(
                new NodeKeys.Ask(
                    "n1#1", "other", NodeKey.ROTATED, (now, g) -> Secret.copyOf(new byte[32]))));
    assertEquals(List.of(OptionalInt.of(2)), other);
    keys.used(Set.of("other"), 60);
    assertRefused("BG-COAP-008", node.say(enrolled.word()));
    nanos += 2 * SECOND;
    assertRefused("BG-COAP-008", new Node(1).begin());
    assertTrue(keys.node(enrolled.identity()).isEmpty());
  }

  @Test
  void sayWhatIsWrongWithAMessage() {
    for (byte[] payload : new byte[][] {{}, {1}, new byte[835], new byte[34]}) {
      Outcome outcome = enrolments.answer("n1", "n1#1", payload, nanos);
      assertEquals("BG-COAP-024", assertInstanceOf(Outcome.Malformed.class, outcome).code());
    }
    byte[] noKey = new byte[835];
    java.util.Arrays.fill(noKey, (byte) -1);
    noKey[0] = 1;
    noKey[1] = 1;
    noKey[2] = 1;
    Outcome outcome = enrolments.answer("n1", "n1#1", noKey, nanos);
    assertEquals("BG-COAP-024", assertInstanceOf(Outcome.Malformed.class, outcome).code());
  }
}
