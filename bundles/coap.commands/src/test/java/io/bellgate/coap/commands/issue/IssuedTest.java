package io.bellgate.coap.commands.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.coap.commands.Said;
import io.bellgate.coap.commands.ScriptedIntake;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.book.Change;
import io.bellgate.coap.commands.book.End;
import io.bellgate.coap.commands.book.Report;
import io.bellgate.coap.commands.book.Sent;
import io.bellgate.coap.commands.queue.Format;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IssuedTest {
  private static final String ALICE = MessageId.gateway("alice", 1);

  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();
  private final ScriptedIntake intake = new ScriptedIntake();
  private long series = 5;
  private Book book;
  private Issued issued;
  private Reports reports;

  @BeforeEach
  void open() throws IOException {
    book = new Book(Disk.FILES, folder, "bob", () -> series++);
    issued = new Issued(book, "bob", 3, clock, () -> series++);
    reports = new Reports(book, issued, () -> intake, "command-result");
  }

  @AfterEach
  void close() throws IOException {
    book.close();
  }

  private static Order order(String node) {
    return new Order(node, "valve", "command", Format.TEXT, "open".getBytes(), 60);
  }

  private static Delivery result(long number, String site, String name, String json) {
    Map<String, Object> attributes = new HashMap<>(Said.attributes("n", 0));
    attributes.put(Flow.INGRESS, "OSCORE");
    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    return Said.delivery(number, name, attributes, payload, site);
  }

  private static String report(String id, String state) {
    return "{\"command\":\"" + id + "\",\"state\":\"" + state + "\"}";
  }

  private long count(String name) {
    Map<String, Object> status = new HashMap<>();
    issued.status(status);
    return ((Number) status.get(name)).longValue();
  }

  @Test
  void givesNoIdentityTwice() throws IOException {
    List<MessageId> ids = new ArrayList<>();
    for (int start = 0; start < 3; start++) {
      ids.add(issued.begin(order("n")).id());
      MessageId withdrawn = issued.begin(order("n")).id();
      ids.add(withdrawn);
      issued.withdrawn(withdrawn.sequence());
      close();
      open();
    }
    assertEquals(6, ids.stream().distinct().count());
    assertTrue(ids.stream().allMatch(id -> id.site().orElseThrow().equals("bob")));
  }

  @Test
  void saysWhatAPolicyAsksFor() throws IOException {
    Message message = issued.begin(order("n"));
    long expires = clock.instant().getEpochSecond() + 60;
    assertEquals(
        Map.of(
            "node", "n",
            "resource", "valve",
            "data.class", "command",
            "ingress", "operator",
            "payload.octets", 4L,
            "content.format", "text/plain",
            "x.command.expires", expires),
        message.flow().attributes());
  }

  @Test
  void takesTheFirstResultOfACommandOnly() throws IOException {
    String id = issued.begin(order("n")).id().toString();
    issued.results(List.of(result(1, "alice", ALICE, report(id, "done"))));
    issued.results(List.of(result(1, "alice", ALICE, report(id, "failed"))));
    issued.results(List.of(result(2, "alice", ALICE, report(id, "failed"))));
    close();
    open();
    issued.results(List.of(result(2, "alice", ALICE, report(id, "failed"))));
    Sent sent = book.sent().all().get(1L);
    assertEquals(End.DONE, sent.outcome().orElseThrow().end());
    assertEquals("alice", sent.outcome().orElseThrow().site());
    assertEquals("qkd+pqc", sent.outcome().orElseThrow().protection());
  }

  @Test
  void takesNoResultThatIsNotAGatewaysOrOfNoCommand() throws IOException {
    String id = issued.begin(order("n")).id().toString();
    issued.begin(order("other"));
    List<Delivery> wrong =
        List.of(
            result(1, "alice", "n", report(id, "done")),
            result(2, "carol", ALICE, report(id, "done")),
            result(3, "alice", ALICE, report(id.replace("/1", "/2"), "done")),
            result(4, "alice", ALICE, report(id.replace("/1", "/3"), "done")),
            result(5, "alice", ALICE, report(id.replace("5", "6"), "done")),
            result(6, "alice", ALICE, report(id, "perhaps")),
            result(7, "alice", ALICE, "[]"),
            result(8, "alice", ALICE, "{\"command\":1}"),
            result(9, "alice", ALICE, "{".repeat(5_000)),
            result(10, "alice", ALICE, "[".repeat(8_000)),
            result(11, "alice", ALICE, report("/", "done")));
    issued.results(wrong);
    assertEquals(11, count("resultsOfNoCommand"));
    assertEquals(2, count("sentWithoutResult"));
  }

  @Test
  void takesWhateverAPeerSendsAsAResult() throws IOException {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("IssuedTest.takesWhateverAPeerSendsAsAResult seed=" + seed);
    Random random = new Random(seed);
    String id = issued.begin(order("n")).id().toString();
    byte[] right = report(id, "dune").getBytes(StandardCharsets.UTF_8);
    for (int i = 1; i <= 2_000; i++) {
      byte[] payload = right.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        payload[random.nextInt(payload.length)] = (byte) random.nextInt(256);
      }
      String text = new String(payload, StandardCharsets.ISO_8859_1);
      issued.results(List.of(result(i, "alice", ALICE, text)));
    }
    assertEquals(2_000, book.resultsHighest(), "seed=" + seed);
  }

  @Test
  void forgetsFirstWhatHasEnded() throws IOException {
    issued.begin(order("n"));
    String second = issued.begin(order("n")).id().toString();
    issued.begin(order("n"));
    issued.results(List.of(result(1, "alice", ALICE, report(second, "done"))));
    issued.begin(order("n"));
    assertEquals(List.of(1L, 3L, 4L), List.copyOf(book.sent().all().keySet()));
    issued.begin(order("n"));
    assertEquals(List.of(3L, 4L, 5L), List.copyOf(book.sent().all().keySet()));
  }

  @Test
  void refusesWhatNoNodeCouldTake() {
    byte[] long1 = new byte[1_025];
    assertThrows(
        IllegalArgumentException.class,
        () -> new Order("n", "valve", "command", Format.TEXT, long1, 60));
    byte[] none = {};
    assertThrows(
        IllegalArgumentException.class,
        () -> new Order("@bob", "valve", "command", Format.TEXT, none, 60));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Order("n", "a b", "command", Format.TEXT, none, 60));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Order("n", "valve", "command", Format.TEXT, none, 0));
  }

  private void reportOf(long sequence) throws IOException {
    Change change = new Change();
    byte[] text = "{}".getBytes();
    change.put(
        book.reports(),
        sequence,
        new Report(sequence, book.name(), "n", "valve", "OSCORE", "alice", text, 0));
    book.count(change, 0, sequence);
    book.commit(change);
  }

  private void offer() {
    reports.offer(
        task -> {
          try {
            task.run();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Test
  void offersAReportUntilItIsTakenAndNoMore() throws IOException {
    reportOf(1);
    intake.answer(new Acceptance.Busy(1));
    offer();
    offer();
    assertEquals(1, book.reports().all().size());
    intake.answer(null);
    offer();
    offer();
    assertEquals(0, book.reports().all().size());
    assertEquals(3, intake.offers());
    Message message = intake.taken().get(0);
    assertEquals("bob", message.id().site().orElseThrow());
    assertEquals("command-result", message.flow().text(Flow.DATA_CLASS));
    assertEquals("alice", message.flow().attributes().get("x.command.site"));
  }

  @Test
  void sendsAReportOnceThoughTheAnswerWasLost() throws IOException {
    reportOf(1);
    intake.silent(true);
    offer();
    assertEquals(1, book.reports().all().size());
    close();
    open();
    intake.silent(false);
    offer();
    assertEquals(0, book.reports().all().size());
    assertEquals(1, intake.taken().size());
  }

  @Test
  void sendsAReportUnderAnotherNameIfItsIdentityWasUsed() throws IOException {
    reportOf(1);
    offer();
    Change back = new Change(); // as if the store had been restored from a copy
    book.count(back, 0, 0);
    book.commit(back);
    reportOf(1);
    offer();
    assertEquals(0, book.reports().all().size());
    assertEquals(2, intake.taken().size(), "both");
    assertEquals(2, intake.taken().stream().map(Message::id).distinct().count());
  }

  @Test
  void saysThatThePolicyRefusesReports() throws IOException {
    reportOf(1);
    intake.answer(new Acceptance.Refused("BG-ROUTE-001", "no rule matches"));
    offer();
    List<String> problems = new ArrayList<>();
    reports.status(new HashMap<>(), problems);
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("BG-ROUTE-001"), problems.toString());
    assertEquals(0, book.reports().all().size(), "asking again gives the same answer");
  }
}
