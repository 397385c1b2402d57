package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.keys.KeyOrigin.Kind;
import io.bellgate.api.keys.KeyPool.State;
import io.bellgate.api.policy.Protection;
import io.bellgate.gateway.router.protect.FakePool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a rule does when its preferred key runs out and comes back, on a clock of the test's. */
class FallbackTest {
  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong(1);
  private TwoRouters two;
  private int sequence;

  @BeforeEach
  void open() {
    two = new TwoRouters(folder);
    two.nanos = now::get;
    two.acceptable = List.of(Protection.OTP, Protection.QKD_PQC, Protection.PQC);
    two.fill(50);
    two.connect();
  }

  @AfterEach
  void close() {
    two.close();
  }

  private void fillQkd(int octets) {
    FakePool.fill(two.alicePool, two.bobPool, FakePool.origin(Kind.QKD), octets);
  }

  private void pass(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** Sends a message and says how it came. */
  private String sent() throws InterruptedException {
    int before = two.delivered().size();
    two.offer("n1", sequence++);
    TwoRouters.await(() -> two.delivered().size() > before, "delivered " + (sequence - 1));
    return two.delivered().get(before).evidence().get("protection");
  }

  private void assertCounts(long fallbacks, long returns) {
    Map<String, Object> status = two.alice().status();
    assertEquals(fallbacks, status.get("fallbacks"));
    assertEquals(returns, status.get("returns"));
  }

  @Test
  void routerFallsBackAtOnceAndReturnsAfterAWhile() throws InterruptedException {
    fillQkd(20_000);
    assertEquals("otp", sent());
    two.alicePool.drain();
    two.fill(50);
    assertEquals("pqc", sent());
    assertCounts(1, 0);
    fillQkd(200_000);
    pass(30);
    assertEquals("pqc", sent(), "there again, not yet for long");
    pass(1_900);
    assertEquals("pqc", sent());
    pass(200);
    assertEquals("otp", sent());
    assertCounts(1, 1);
    List<?> changes = (List<?>) two.alice().status().get("protectionChanges");
    assertEquals(
        List.of("otp -> pqc", "pqc -> otp"),
        changes.stream()
            .map(c -> ((Map<?, ?>) c).get("from") + " -> " + ((Map<?, ?>) c).get("to"))
            .toList());
  }

  @Test
  void routerGoesDownStepByStepAsThePoolSaves() throws InterruptedException {
    fillQkd(200_000);
    assertEquals("otp", sent());
    two.alicePool.state(Kind.QKD, State.WARNING);
    assertEquals("qkd+pqc", sent());
    two.alicePool.state(Kind.QKD, State.CHARGING);
    assertEquals("qkd+pqc", sent(), "the key in use");
    pass(61_000);
    assertEquals("pqc", sent());
    two.alicePool.state(Kind.QKD, State.READY);
    pass(30);
    assertEquals("pqc", sent());
    pass(2_100);
    assertEquals("otp", sent());
    assertCounts(2, 1);
  }

  @Test
  void routerDoesNotFlapWithAStockAtItsEdge() throws InterruptedException {
    fillQkd(20_000);
    assertEquals("otp", sent());
    for (int i = 0; i < 20; i++) {
      two.alicePool.state(Kind.QKD, i % 2 == 0 ? State.CHARGING : State.READY);
      pass(500);
      assertEquals("pqc", sent(), "i=" + i);
    }
    assertCounts(1, 0);
  }

  @Test
  void routerHoldsNothingBackWhereARuleHasNoOtherProtection() throws InterruptedException {
    two.acceptable = List.of(Protection.OTP);
    two.offer("n1", sequence++);
    TwoRouters.await(
        () -> two.aliceCounters.status().containsKey("wanted QKD"), "it could not be had");
    fillQkd(20_000);
    TwoRouters.await(() -> two.delivered().size() == 1, "the held one");
    assertEquals("otp", sent(), "though it is held down for others");
    assertCounts(0, 0);
  }

  @Test
  void routerDoesNotFallBackBecauseOfASwap() throws InterruptedException {
    fillQkd(200_000);
    assertEquals("otp", sent());
    two.poolAbsent = true;
    two.offer("n1", sequence++);
    TwoRouters.await(
        () -> two.alice().status().get("outbox").toString().contains("is being swapped"),
        "it says what it waits for");
    two.poolAbsent = false;
    TwoRouters.await(() -> two.delivered().size() == 2, "delivered");
    assertEquals("otp", two.delivered().get(1).evidence().get("protection"));
    assertCounts(0, 0);
  }
}
