package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Protection;
import io.bellgate.gateway.router.protect.FakePool;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficTest {
  @TempDir Path folder;
  private TwoRouters two;

  @BeforeEach
  void open() {
    two = new TwoRouters(folder);
  }

  @AfterEach
  void close() {
    two.close();
  }

  private void assertDeliveredOnce(int messages) throws InterruptedException {
    TwoRouters.await(
        () -> two.delivered().size() >= messages, "all delivered, are " + two.delivered().size());
    TwoRouters.await(
        () ->
            ((java.util.Map<?, ?>) two.alice().status().get("outbox"))
                .toString()
                .contains("messages=0"),
        "outbox empty");
    Set<Object> identities = new HashSet<>();
    long last = 0;
    for (Delivery delivery : two.delivered()) {
      assertTrue(
          identities.add(delivery.message().id()),
          () -> "delivered twice: " + delivery.message().id());
      assertTrue(delivery.number() > last, "numbers rise");
      last = delivery.number();
    }
    assertEquals(messages, identities.size());
  }

  @Test
  void deliversInOrderWithTheEvidence() throws InterruptedException {
    two.fill(10);
    two.connect();
    for (int i = 0; i < 50; i++) {
      assertInstanceOf(Acceptance.Accepted.class, two.offer("n1", i));
    }
    assertDeliveredOnce(50);
    for (int i = 0; i < 50; i++) {
      assertEquals(i, two.delivered().get(i).message().id().sequence());
    }
    assertEquals("pqc", two.delivered().get(0).evidence().get("protection"));
    assertEquals("alice", two.delivered().get(0).site());
    assertEquals(5, two.alicePool.taken.size(), "ten messages per key");
    assertEquals(5, two.bobPool.left(), "bob committed the same keys");
  }

  @Test
  void sendsWhatIsUrgentFirstAndAsksForNothingInVain() throws InterruptedException {
    two.fill(500);
    for (int i = 0; i < 3_600; i++) {
      assertInstanceOf(Acceptance.Accepted.class, two.offer(i % 3 == 0 ? "n1" : "urgent", i));
    }
    two.connect();
    assertDeliveredOnce(3_600);
    List<String> nodes = two.delivered().stream().map(d -> d.message().id().node()).toList();
    assertEquals(2_400, nodes.lastIndexOf("urgent") + 1, "no other before the last urgent one");
    assertEquals(null, two.bobCounters.status().get("busy to peers"));
  }

  /** More than the ranges that a peer remembers of a series. */
  @Test
  void heldMessagesHoldUpNoOthers() throws InterruptedException {
    two.fill(500);
    two.connect();
    List<List<Protection>> kinds = List.of(List.of(Protection.QKD), List.of(Protection.PQC));
    for (int i = 0; i < 3_000; i++) {
      two.acceptable = kinds.get(i % 2);
      assertInstanceOf(Acceptance.Accepted.class, two.offer("n1", i));
    }
    TwoRouters.await(
        () -> two.delivered().size() == 1_500,
        "what has keys is delivered, are " + two.delivered().size());
    two.restartAlice();
    FakePool.fill(two.alicePool, two.bobPool, FakePool.origin(KeyOrigin.Kind.QKD), 400 * 32);
    two.alice().wake();
    assertDeliveredOnce(3_000);
    assertEquals(null, two.bobCounters.status().get("busy to peers"));
  }

  @Test
  void answersADuplicateAndSendsItOnce() throws InterruptedException {
    two.fill(1);
    two.connect();
    two.offer("n1", 7);
    assertInstanceOf(Acceptance.Duplicate.class, two.offer("n1", 7));
    assertInstanceOf(Acceptance.Accepted.class, two.offer("n2", 7));
    assertDeliveredOnce(2);
  }

  @Test
  void holdsUntilThereIsAKeyAndAsksForOne() throws InterruptedException {
    two.connect();
    assertInstanceOf(Acceptance.Accepted.class, two.offer("n1", 1));
    TwoRouters.await(() -> two.aliceCounters.status().containsKey("wanted PQC"), "producer asked");
    assertEquals(List.of(), two.delivered());
    two.fill(1);
    assertDeliveredOnce(1);
  }

  @Test
  void rejectsWhereTheRuleSaysSoAndStoresNothing() {
    two.otherwise = Decision.Otherwise.REJECT;
    Acceptance.Refused refused = assertInstanceOf(Acceptance.Refused.class, two.offer("n1", 1));
    assertEquals("BG-ROUTE-002", refused.code());
    two.otherwise = Decision.Otherwise.HOLD;
    assertInstanceOf(
        Acceptance.Accepted.class, two.offer("n1", 1), "the refused one was not remembered");
  }

  @Test
  void neverMeetsAQuantumSafeDemandWithAClassicalKey() throws InterruptedException {
    FakePool.fill(two.alicePool, two.bobPool, KeyOrigin.Kind.CLASSICAL, 5);
    two.connect();
    two.offer("n1", 1);
    TwoRouters.await(() -> two.aliceCounters.status().containsKey("wanted PQC"), "producer asked");
    assertEquals(0, two.alicePool.taken.size());
    two.acceptable = List.of(Protection.PQC, Protection.CLASSICAL);
    two.offer("n1", 2);
    TwoRouters.await(() -> two.delivered().size() == 1, "the one that names it");
    assertEquals("classical", two.delivered().get(0).evidence().get("protection"));
    assertEquals(2, two.delivered().get(0).message().id().sequence());
  }

  @Test
  void deliversOnceThoughTheLineDropsRepeatsAndGarbles() throws InterruptedException {
    long seed = 7;
    Random random = new Random(seed);
    two.fill(400);
    two.line =
        octets -> {
          synchronized (random) {
            int fate = random.nextInt(10);
            if (fate == 0) {
              return null;
            }
            if (fate == 1) {
              byte[] garbled = octets.clone();
              garbled[random.nextInt(garbled.length)] ^= (byte) (1 + random.nextInt(255));
              return garbled;
            }
            return octets;
          }
        };
    two.connect();
    for (int i = 0; i < 200; i++) {
      two.offer("n" + i % 3, i);
    }
    assertDeliveredOnce(200);
  }

  @Test
  void sendsIdenticalOctetsAgainWhenAnAnswerIsLost() throws InterruptedException {
    two.fill(1);
    Set<String> octetsOnTheLine = new HashSet<>();
    AtomicInteger sent = new AtomicInteger();
    two.line =
        octets -> {
          Wire.Request request = Wire.Request.decode(octets);
          if (!request.greeting()) {
            sent.incrementAndGet();
            octetsOnTheLine.add(java.util.HexFormat.of().formatHex(request.envelope()));
          }
          return octets;
        };
    two.loseFirstAnswers = true;
    two.connect();
    two.offer("n1", 1);
    assertDeliveredOnce(1);
    assertEquals(2, sent.get());
    assertEquals(1, octetsOnTheLine.size());
  }

  @Test
  void losesAndRepeatsNothingWhenEitherEndRestarts() throws InterruptedException {
    two.fill(2_000);
    two.connect();
    int sequence = 0;
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 40; i++) {
        two.offer("n1", sequence++);
      }
      if (round % 2 == 0) {
        two.restartBob();
      } else {
        two.restartAlice();
      }
    }
    assertDeliveredOnce(sequence);
  }

  @Test
  void refusesNodesBeyondItsBoundAndServesTheOthers() {
    for (int i = 0; i < 4; i++) {
      assertInstanceOf(Acceptance.Accepted.class, two.offer("n" + i, 1));
    }
    Acceptance.Refused refused = assertInstanceOf(Acceptance.Refused.class, two.offer("n4", 1));
    assertEquals("BG-ROUTE-004", refused.code());
    assertInstanceOf(Acceptance.Accepted.class, two.offer("n0", 2));
  }

  @Test
  void keepsWhatASinkDoesNotTake() throws InterruptedException {
    two.sinkFails = true;
    two.fill(1);
    two.connect();
    two.offer("n1", 1);
    two.offer("n1", 2);
    TwoRouters.await(
        () ->
            ((java.util.Map<?, ?>) two.alice().status().get("outbox"))
                .toString()
                .contains("messages=0"),
        "bob has them");
    two.sinkFails = false;
    assertDeliveredOnce(2);
  }

  @Test
  void goesOnSendingAfterAHalfSwappedPool() throws InterruptedException {
    two.fill(1);
    two.offer("n1", 1);
    two.halfSwapped = true;
    two.connect();
    TwoRouters.await(() -> two.linkageErrors.get() > 0, "the pool was asked");
    two.halfSwapped = false;
    assertDeliveredOnce(1);
  }

  @Test
  void goesOnDeliveringAfterAHalfSwappedSink() throws InterruptedException {
    two.fill(1);
    two.sinkFails = true;
    two.connect();
    two.offer("n1", 1);
    TwoRouters.await(() -> two.bobCounters.status().containsKey("received"), "bob has it");
    two.halfSwapped = true;
    TwoRouters.await(() -> two.linkageErrors.get() > 0, "the sink was asked");
    two.sinkFails = false;
    two.halfSwapped = false;
    assertDeliveredOnce(1);
  }

  @Test
  void answersBusyBeforeMemoryRunsOut() throws InterruptedException {
    byte[] payload = new byte[16_000];
    int accepted = 0;
    while (two.offer("n1", accepted, payload) instanceof Acceptance.Accepted) {
      accepted++;
    }
    assertEquals(65, accepted, "what fits into one mebioctet, and the one that goes over it");
    assertInstanceOf(Acceptance.Busy.class, two.offer("n1", accepted, payload));
    assertInstanceOf(Acceptance.Duplicate.class, two.offer("n1", 0, payload));
    two.restartAlice();
    assertInstanceOf(Acceptance.Busy.class, two.offer("n1", accepted, payload));
    two.fill(10);
    two.connect();
    assertDeliveredOnce(accepted);
    assertInstanceOf(Acceptance.Accepted.class, two.offer("n1", accepted, payload));
  }

  @Test
  void tellsAPeerToComeAgainWhileTooMuchWaitsForASink() throws InterruptedException {
    byte[] payload = new byte[16_000];
    two.sinkAbsent = true;
    two.fill(10);
    two.connect();
    for (int i = 0; i < 100; i++) {
      int sequence = i;
      TwoRouters.await(
          () -> two.offer("n1", sequence, payload) instanceof Acceptance.Accepted,
          "accepted " + sequence);
    }
    TwoRouters.await(
        () -> two.bobCounters.status().containsKey("busy to peers"), "bob's memory is full");
    assertEquals(List.of(), two.delivered());
    two.sinkAbsent = false;
    assertDeliveredOnce(100);
  }

  @Test
  void raisesTheEpochAtEveryAdoptionAlsoOfAnOldRuleSet() {
    two.offer("n1", 1);
    assertEquals(1L, two.alice().status().get("policyEpoch"));
    two.offer("n1", 2);
    assertEquals(1L, two.alice().status().get("policyEpoch"));
    two.ruleSet = "rules-2";
    two.offer("n1", 3);
    two.ruleSet = "rules-1";
    two.offer("n1", 4);
    two.restartAlice();
    assertEquals(3L, two.alice().status().get("policyEpoch"));
  }
}
