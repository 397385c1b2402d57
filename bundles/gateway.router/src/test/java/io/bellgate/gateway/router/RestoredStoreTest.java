package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.bellgate.api.message.Intake.Acceptance;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sender's store comes back from a backup, or not at all, while its peer remembers what came
 * since: nothing that is accepted afterwards is lost, nothing is delivered twice.
 */
class RestoredStoreTest {
  @TempDir Path folder;
  private TwoRouters two;

  @BeforeEach
  void open() {
    two = new TwoRouters(folder);
    two.fill(1_000);
  }

  @AfterEach
  void close() {
    two.close();
  }

  private void offer(int from, int to) {
    for (int sequence = from; sequence < to; sequence++) {
      assertInstanceOf(Acceptance.Accepted.class, two.offer("n1", sequence));
    }
  }

  /** All from 0 on were delivered, each once. */
  private void assertDelivered(int messages) throws InterruptedException {
    TwoRouters.await(
        () -> two.alice().status().get("outbox").toString().contains("messages=0"),
        "outbox empty, seed=" + two.seed);
    List<Long> sequences =
        two.delivered().stream().map(d -> d.message().id().sequence()).sorted().toList();
    assertEquals(
        LongStream.range(0, messages).boxed().toList(), sequences, () -> "seed=" + two.seed);
  }

  private void deliver(int from, int to) throws InterruptedException {
    two.connect();
    offer(from, to);
    TwoRouters.await(() -> two.delivered().size() >= to, "delivered, seed=" + two.seed);
    assertDelivered(to);
    two.disconnect();
  }

  @Test
  void losesNothingThatItAcceptsBeforeItMeetsItsPeer() throws InterruptedException {
    deliver(0, 5);
    two.backUpAlice();
    deliver(5, 40);
    two.restoreAlice();
    offer(40, 50);
    two.restartAlice();
    offer(50, 55);
    two.restartAlice();
    deliver(55, 60);
    deliver(60, 70);
  }

  @Test
  void losesNothingThatItAcceptsAfterItHasMetItsPeer() throws InterruptedException {
    deliver(0, 5);
    two.backUpAlice();
    deliver(5, 40);
    two.restoreAlice();
    two.connect();
    deliver(40, 50);
  }

  @Test
  void repeatsNothingThatItHeldInTheBackup() throws InterruptedException {
    deliver(0, 5);
    offer(5, 10);
    two.restartAlice();
    offer(10, 15);
    two.backUpAlice();
    offer(15, 20);
    deliver(20, 25);
    two.restoreAlice();
    offer(25, 30);
    two.restartAlice();
    deliver(30, 35);
  }

  @Test
  void losesNothingWhenItBeginsWithNothing() throws InterruptedException {
    deliver(0, 40);
    two.restoreAlice();
    offer(40, 50);
    deliver(50, 60);
  }

  @Test
  void takesNoRefusalForAnAnswerToItsGreeting() throws InterruptedException {
    deliver(0, 5);
    two.backUpAlice();
    deliver(5, 40);
    two.restoreAlice();
    AtomicInteger garbled = new AtomicInteger();
    two.line =
        octets -> {
          garbled.incrementAndGet();
          return new byte[] {0};
        };
    two.connect();
    TwoRouters.await(() -> garbled.get() > 1, "a greeting was refused, and another");
    offer(40, 50);
    two.line = octets -> octets;
    deliver(50, 60);
  }
}
