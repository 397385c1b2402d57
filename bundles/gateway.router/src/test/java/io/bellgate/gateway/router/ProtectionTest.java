package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.policy.Decision;
import io.bellgate.api.policy.Protection;
import io.bellgate.gateway.router.protect.FakePool;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every protection from end to end. */
class ProtectionTest {
  private static final List<Protection> WITH_QKD =
      List.of(Protection.OTP, Protection.QKD_PQC, Protection.QKD);
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

  private void fill(KeyOrigin origin, int octets) {
    FakePool.fill(two.alicePool, two.bobPool, origin, octets);
    two.alice().wake();
  }

  private void fillAll() {
    two.fill(400);
    fill(FakePool.origin(Kind.QKD), 400_000);
  }

  private void offer(Protection protection, int from, int to) {
    two.acceptable = List.of(protection);
    for (int i = from; i < to; i++) {
      assertInstanceOf(
          Acceptance.Accepted.class, two.offer("n1", 1_000 * protection.ordinal() + i));
    }
  }

  private void assertDelivered(long messages) throws InterruptedException {
    TwoRouters.await(
        () -> two.alice().status().get("outbox").toString().contains("messages=0"),
        "outbox empty, seed=" + two.seed);
    TwoRouters.await(() -> two.delivered().size() >= messages, "delivered, seed=" + two.seed);
    Set<Object> ids =
        two.delivered().stream().map(d -> d.message().id()).collect(Collectors.toSet());
    assertEquals(messages, ids.size());
    assertEquals(messages, two.delivered().size(), "each once");
  }

  private String evidence(int delivery, String name) {
    return two.delivered().get(delivery).evidence().get(name);
  }

  @Test
  void routerProtectsWithEachWordAndSaysWithWhat() throws InterruptedException {
    fill(new KeyOrigin(Kind.QKD, true, false, Map.of("protocol", "bb84")), 40_000);
    fill(new KeyOrigin(Kind.QKD, true, false, Map.of("bits", "full-entropy")), 40_000);
    fill(new KeyOrigin(Kind.PQC, false, false, Map.of("hybrid", "false")), 320);
    fill(FakePool.origin(Kind.CLASSICAL), 320);
    two.connect();
    int delivered = 0;
    for (Protection protection : Protection.values()) {
      int taken = two.alicePool.taken.size();
      offer(protection, 0, 20);
      assertDelivered(delivered + 20L);
      List<KeyId> keys = two.alicePool.taken.subList(taken, two.alicePool.taken.size());
      boolean pads = protection.oneTime();
      boolean both = protection == Protection.QKD_PQC;
      assertEquals(pads ? 20 : both ? 4 : 2, keys.size(), protection.word());
      assertEquals(protection.word(), evidence(delivered, "protection"));
      assertEquals(
          both ? keys.get(1) + " + " + keys.get(0) : keys.get(0).toString(),
          evidence(delivered, "key"));
      String qkd = "QKD*simulated{protocol=bb84}";
      assertEquals(
          switch (protection) {
            case OTP_FULL -> "QKD*simulated{bits=full-entropy}";
            case OTP, QKD -> qkd;
            case QKD_PQC -> qkd + " + PQC{hybrid=false}";
            case PQC, PQC_PURE -> "PQC{hybrid=false}";
            case CLASSICAL -> "CLASSICAL{algorithm=fake}";
          },
          evidence(delivered, "origin"));
      delivered += 20;
    }
    assertEquals(Set.copyOf(two.alicePool.taken), Set.copyOf(two.bobPool.committed));
    assertTrue(two.bobPool.nothingReserved());
  }

  @Test
  void routerTakesOtherKeysWhenTheEpochChanges() throws InterruptedException {
    fillAll();
    two.connect();
    offer(Protection.QKD_PQC, 0, 1);
    assertDelivered(1);
    two.ruleSet = "rules-2";
    offer(Protection.QKD_PQC, 1, 2);
    assertDelivered(2);
    assertEquals(4, Set.copyOf(two.alicePool.taken).size());
    assertEquals("1", evidence(0, "epoch"));
    assertEquals("2", evidence(1, "epoch"));
  }

  @Test
  void routerSendsIdenticalOctetsAgainAndTakesNoSecondPad() throws InterruptedException {
    fillAll();
    Map<Long, Set<String>> octets = new ConcurrentHashMap<>();
    two.line =
        request -> {
          Wire.Request decoded = Wire.Request.decode(request);
          octets
              .computeIfAbsent(decoded.transfer(), t -> ConcurrentHashMap.newKeySet())
              .add(java.util.HexFormat.of().formatHex(decoded.envelope()));
          return request;
        };
    two.loseFirstAnswers = true;
    two.connect();
    offer(Protection.OTP, 0, 20);
    assertDelivered(20);
    octets.forEach((transfer, sent) -> assertEquals(1, sent.size(), "transfer " + transfer));
    assertEquals(20, two.alicePool.taken.size());
  }

  @Test
  void routerTakesNoSecondPadWhileThePeerIsBusy() throws InterruptedException {
    fill(FakePool.origin(Kind.QKD), 500 * 4_500);
    two.sinkAbsent = true;
    two.connect();
    two.acceptable = List.of(Protection.OTP);
    byte[] payload = new byte[4_000];
    for (int i = 0; i < 400; i++) {
      int sequence = i;
      TwoRouters.await(
          () -> two.offer("n1", sequence, payload) instanceof Acceptance.Accepted, "accepted " + i);
    }
    TwoRouters.await(
        () -> two.bobCounters.status().containsKey("busy to peers"), "bob's memory is full");
    two.sinkAbsent = false;
    assertDelivered(400);
    assertEquals(400, two.alicePool.taken.size());
  }

  @Test
  void routerGarblesLosesAndRestartsWithoutUsingAPadTwice() throws InterruptedException {
    Random random = new Random(two.seed);
    fillAll();
    two.line =
        octets -> {
          synchronized (random) {
            byte[] garbled = octets.clone();
            garbled[random.nextInt(garbled.length)] ^= (byte) (1 + random.nextInt(255));
            int fate = random.nextInt(10);
            return fate == 0 ? null : fate == 1 ? garbled : octets;
          }
        };
    two.connect();
    for (int round = 0; round < 6; round++) {
      for (Protection protection : WITH_QKD) {
        offer(protection, 10 * round, 10 * round + 10);
      }
      if (round % 2 == 0) {
        two.restartBob();
      } else {
        two.restartAlice();
      }
    }
    assertDelivered(180);
    Set<String> chunks = new HashSet<>();
    for (KeyId id : two.alicePool.taken) {
      LongStream.range(id.offset() / 32, (id.offset() + id.length()) / 32)
          .forEach(c -> assertTrue(chunks.add(id.block() + " " + c), "seed=" + two.seed));
    }
    assertTrue(two.alicePool.taken.containsAll(two.bobPool.committed));
  }

  @Test
  void routerLosesNothingWhenPoolAndCombinerGo() throws InterruptedException {
    fillAll();
    two.connect();
    for (int round = 0; round < 12; round++) {
      two.alicePool.goneAtCall(1 + round % 3);
      two.bobPool.goneAtCall(1 + round % 4);
      two.combinerAbsent = round % 3 == 0;
      two.poolAbsent = round % 3 == 1;
      for (Protection protection : WITH_QKD) {
        offer(protection, round, round + 1);
      }
      two.combinerAbsent = false;
      two.poolAbsent = false;
      assertDelivered(3 * round + 3L);
    }
    assertEquals(0L, two.alice().status().get("fallbacks"));
  }

  private static Message long33k(long sequence) {
    Map<String, Object> attributes =
        new HashMap<>(TwoRouters.message("n1", sequence).flow().attributes());
    attributes.put("x.blob", "x".repeat(33_000));
    Message small = TwoRouters.message("n1", sequence);
    return new Message(small.id(), new Flow(attributes), small.payload(), Instant.EPOCH);
  }

  @Test
  void routerTakesTheNextProtectionForAMessageLongerThanAnyPad() throws InterruptedException {
    fillAll();
    two.connect();
    two.acceptable = List.of(Protection.OTP, Protection.PQC);
    two.offer("n1", 1);
    assertDelivered(1);
    two.alice().offer(long33k(2)).toCompletableFuture().join();
    assertDelivered(2);
    two.offer("n1", 3);
    assertDelivered(3);
    assertEquals("otp", evidence(0, "protection"));
    assertEquals("pqc", evidence(1, "protection"));
    assertEquals("otp", evidence(2, "protection"));
    two.acceptable = List.of(Protection.OTP);
    two.otherwise = Decision.Otherwise.REJECT;
    assertInstanceOf(
        Acceptance.Refused.class, two.alice().offer(long33k(4)).toCompletableFuture().join());
    assertInstanceOf(Acceptance.Accepted.class, two.offer("n1", 5));
  }

  @Test
  void routerMeetsNoQuantumSafeWordWithClassicalOrPresharedKeys() throws InterruptedException {
    FakePool.fill(two.alicePool, two.bobPool, Kind.CLASSICAL, 50);
    fill(FakePool.origin(Kind.PRESHARED), 10_000);
    two.connect();
    List<Protection> safe =
        List.of(
            Protection.OTP,
            Protection.QKD_PQC,
            Protection.QKD,
            Protection.PQC,
            Protection.PQC_PURE);
    two.acceptable = safe;
    two.offer("n1", 1);
    two.otherwise = Decision.Otherwise.REJECT;
    for (int i = 0; i < safe.size(); i++) {
      two.acceptable = List.of(safe.get(i));
      assertInstanceOf(Acceptance.Refused.class, two.offer("n1", 10 + i));
    }
    TwoRouters.await(() -> two.aliceCounters.status().containsKey("wanted PQC"), "asked");
    assertEquals(List.of(), two.alicePool.taken);
    two.acceptable = List.of(Protection.CLASSICAL);
    two.offer("n1", 20);
    TwoRouters.await(() -> two.delivered().size() == 1, "the one that names it");
    assertEquals("classical", evidence(0, "protection"));
    assertEquals(1, two.alicePool.taken.size());
  }
}
