package io.bellgate.coap.commands;

import static io.bellgate.coap.commands.Said.get;
import static io.bellgate.coap.commands.Said.post;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Answer.Code;
import io.bellgate.api.node.Ask;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.book.End;
import io.bellgate.coap.commands.book.Sent;
import io.bellgate.coap.commands.issue.Order;
import io.bellgate.coap.commands.queue.Format;
import io.bellgate.coap.commands.queue.Rules;
import io.bellgate.journal.Disk;
import io.bellgate.journal.FullDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A station at bob, where the operator is, and one at alice, where the node is. */
class StationTest {
  private static final String NODE = "pump-17";

  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();
  private final AtomicLong series = new AtomicLong(1);
  private final ScriptedIntake fromBob = new ScriptedIntake();
  private final ScriptedIntake fromAlice = new ScriptedIntake();
  private final ConcurrentLinkedQueue<String> changed = new ConcurrentLinkedQueue<>();
  private Station bob;
  private Station alice;

  @BeforeEach
  void open() throws IOException {
    bob = station("bob", "alice", fromBob);
    alice = station("alice", "bob", fromAlice);
  }

  @AfterEach
  void close() {
    bob.close();
    alice.close();
  }

  private Station station(String site, String other, ScriptedIntake intake) throws IOException {
    return new Station(
        new Book(Disk.FILES, folder.resolve(site), site, series::getAndIncrement),
        new Rules(site, Set.of(other), Set.of("DTLS-PSK"), 32, 100),
        100,
        "command-result",
        new Station.Around(() -> intake, changed::add, clock, series::getAndIncrement));
  }

  private static Order order(String payload) {
    byte[] octets = payload.getBytes(StandardCharsets.UTF_8);
    return new Order(NODE, "valve", "command", Format.TEXT, octets, 3_600);
  }

  private Answer ask(Ask ask) throws Exception {
    return alice.ask(ask).toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** What waits between the two goes there and back; everything comes once more. */
  private void carry() throws IOException {
    if (!fromBob.taken().isEmpty()) {
      alice.deliver(fromBob.deliveries("bob"));
    }
    alice.list(); // behind what the router was offered
    if (!fromAlice.taken().isEmpty()) {
      bob.results(fromAlice.deliveries("alice"));
    }
  }

  private void swap() throws IOException {
    close();
    open();
  }

  private List<End> ends() throws IOException {
    return bob.list().sent().stream()
        .flatMap(s -> s.outcome().stream())
        .map(Sent.Outcome::end)
        .toList();
  }

  @Test
  void bringsCommandsToANodeAndResultsBackOnceThroughSwaps() throws Exception {
    for (String payload : List.of("open", "close", "stop")) {
      assertTrue(bob.send(order(payload)).acceptance() instanceof Acceptance.Accepted);
      swap();
      carry();
    }
    assertEquals(3, alice.list().waiting().size());
    for (long number = 1; number <= 3; number++) {
      Answer now = ask(get(NODE));
      assertTrue(
          new String(now.payload(), StandardCharsets.UTF_8).contains("\"number\":" + number));
      swap();
      carry();
      assertEquals(Code.CHANGED, ask(post(NODE, number, "ok")).code());
      swap();
      assertEquals(Code.CHANGED, ask(post(NODE, number, "ok")).code(), "the answer was lost");
      carry();
    }
    assertEquals(List.of(End.DONE, End.DONE, End.DONE), ends());
    assertEquals(3, fromAlice.taken().size());
    assertEquals(
        List.of("DTLS-PSK"),
        fromAlice.taken().stream().map(m -> m.flow().text(Flow.INGRESS)).distinct().toList());
    assertEquals(0, alice.list().waiting().size());
    assertEquals("qkd+pqc", alice.list().ended().get(0).protection());
    assertTrue(changed.contains(NODE), "observers are told");
  }

  @Test
  void tellsTheOperatorThatThePolicyRefuses() throws Exception {
    fromBob.answer(new Acceptance.Refused("BG-ROUTE-001", "no rule matches this flow"));
    Desk.Offered offered = bob.send(order("open"));
    assertEquals(
        new Acceptance.Refused("BG-ROUTE-001", "no rule matches this flow"), offered.acceptance());
    assertEquals(0, bob.list().sent().size());
    fromBob.answer(null);
    assertTrue(bob.send(order("open")).sequence() > offered.sequence());
  }

  @Test
  void keepsInMindWhatNobodyKnows() throws Exception {
    fromBob.silent(true);
    Desk.Offered offered = bob.send(order("open"));
    assertEquals(null, offered.acceptance());
    assertFalse(bob.list().sent().get(0).accepted());
    carry();
    ask(get(NODE));
    ask(post(NODE, 1, ""));
    carry();
    assertEquals(List.of(End.DONE), ends());
  }

  @Test
  void sendsUnderAnotherNameIfItsStoreIsACopy() throws Exception {
    bob.send(order("open"));
    bob.close();
    Files.delete(folder.resolve("bob/commands.journal"));
    series.set(1); // the same name again, and the same count
    bob = station("bob", "alice", fromBob);
    assertTrue(bob.send(order("close")).acceptance() instanceof Acceptance.Accepted);
    assertEquals(2, fromBob.taken().stream().map(Message::id).distinct().count());
    assertEquals(1, bob.list().sent().size());
  }

  @Test
  void answersWhatWasAskedBeforeItCloses() throws Exception {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(alice.ask(get(NODE)).toCompletableFuture());
    }
    alice.close();
    assertTrue(answers.stream().allMatch(CompletableFuture::isDone));
    assertEquals(Code.UNAVAILABLE, ask(get(NODE)).code());
  }

  @Test
  void promisesNothingOnceTheDiskIsFull() throws Exception {
    alice.close();
    alice =
        new Station(
            new Book(new FullDisk(1_000), folder.resolve("full"), "alice", () -> 1),
            new Rules("alice", Set.of("bob"), Set.of("DTLS-PSK"), 32, 100),
            100,
            "command-result",
            new Station.Around(() -> fromAlice, changed::add, clock, () -> 1));
    alice.deliver(List.of(Said.command(1, NODE, "open")));
    List<Delivery> large = List.of(Said.command(2, NODE, "x".repeat(1_000)));
    assertThrows(IOException.class, () -> alice.deliver(large));
    Answer later = ask(post(NODE, 1, ""));
    assertEquals(Code.UNAVAILABLE, later.code());
    assertTrue(later.maxAgeSeconds() > 0);
    assertTrue(alice.status().get("problems").toString().contains("BG-CMD-021"));
    assertEquals(0, fromAlice.taken().size());
  }
}
