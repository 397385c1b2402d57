package io.bellgate.coap.commands.queue;

import static io.bellgate.coap.commands.Said.command;
import static io.bellgate.coap.commands.Said.get;
import static io.bellgate.coap.commands.Said.post;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Answer.Code;
import io.bellgate.api.node.Ask;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.coap.commands.Said;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.book.Change;
import io.bellgate.coap.commands.book.Command;
import io.bellgate.coap.commands.book.Report;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueTest {
  private static final String NODE = "pump-17";
  private static final Rules RULES =
      new Rules("alice", Set.of("bob"), Set.of("DTLS-PSK", "OSCORE"), 4, 10);

  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();
  private final List<String> changed = new ArrayList<>();
  private Book book;
  private Queue queue;
  private Talk talk;

  @BeforeEach
  void open() throws IOException {
    book = new Book(Disk.FILES, folder, "alice", () -> 7);
    queue = new Queue(book, RULES, clock, changed::add);
    talk = new Talk(queue);
  }

  @AfterEach
  void close() throws IOException {
    book.close();
  }

  private void reopen() throws IOException {
    close();
    open();
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  private List<String> reports() {
    return book.reports().all().values().stream().map(Report::text).map(QueueTest::text).toList();
  }

  private long count(String name) {
    Map<String, Object> status = new HashMap<>();
    queue.status(status);
    return ((Number) status.get(name)).longValue();
  }

  @Test
  void givesANodeItsCommandsOneAfterTheOtherOverRestarts() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open"), command(2, "pump-18", "x")));
    queue.deliver(List.of(command(3, NODE, "close")));
    assertEquals(List.of(NODE, "pump-18", NODE), changed);
    reopen();
    Answer first = talk.ask(get(NODE));
    assertEquals(Code.CONTENT, first.code());
    assertEquals(
        "{\"number\":1,\"resource\":\"valve\",\"format\":0,\"text\":\"open\"}",
        text(first.payload()));
    assertArrayEquals(first.payload(), talk.ask(get(NODE)).payload(), "until it is answered");
    reopen();
    assertEquals(Code.CHANGED, talk.ask(post(NODE, 1, "")).code());
    reopen();
    assertTrue(text(talk.ask(get(NODE)).payload()).contains("\"text\":\"close\""));
    assertEquals(Code.CHANGED, talk.ask(post(NODE, 3, "is closed")).code());
    Answer nothing = talk.ask(get(NODE));
    assertEquals(Code.CONTENT, nothing.code());
    assertEquals("{}", text(nothing.payload()));
    assertEquals(OptionalInt.of(50), nothing.format(), "so that an observer keeps it");
    assertArrayEquals(new byte[] {0}, nothing.etag());
    assertEquals(
        List.of(
            "{\"command\":\""
                + Said.BOB
                + "/1\",\"node\":\"pump-17\",\"resource\":\"valve\",\"state\":\"done\",\"number\":1,"
                + "\"given\":true}",
            "{\"command\":\""
                + Said.BOB
                + "/3\",\"node\":\"pump-17\",\"resource\":\"valve\",\"state\":\"done\",\"number\":3,"
                + "\"given\":true,\"text\":\"is closed\"}"),
        reports());
  }

  @Test
  void takesAResultOnceHoweverOftenItComes() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open")));
    assertEquals(Code.CHANGED, talk.ask(post(NODE, 1, "first")).code());
    assertEquals(Code.CHANGED, talk.ask(post(NODE, 1, "again")).code());
    reopen();
    assertEquals(Code.CHANGED, talk.ask(post(NODE, 1, "after a restart")).code());
    assertEquals(Code.NOT_FOUND, talk.ask(post("pump-18", 1, "of another node")).code());
    assertEquals(1, reports().size());
    assertTrue(reports().get(0).contains("\"text\":\"first\""));
  }

  @Test
  void takesADeliveryOnceHoweverOftenItComes() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open"), command(2, NODE, "close")));
    queue.deliver(List.of(command(1, NODE, "open"), command(2, NODE, "close")));
    reopen();
    queue.deliver(List.of(command(2, NODE, "close"), command(3, NODE, "stop")));
    assertEquals(3, book.commands().all().size());
    talk.ask(post(NODE, 1, ""));
    queue.deliver(List.of(command(1, NODE, "open")));
    assertEquals(2, book.commands().all().size(), "answered already");
  }

  @Test
  void tellsTheIssuerOfWhatExpired() throws IOException {
    queue.deliver(
        List.of(
            command(1, NODE, new byte[0], Said.EXPIRES), command(2, NODE, "late".getBytes(), 1)));
    assertTrue(reports().get(0).contains("\"state\":\"expired\",\"number\":2,\"given\":false"));
    clock.advance(Duration.ofHours(24).minusSeconds(1));
    queue.expire();
    assertEquals(1, talk.ask(get(NODE)).maxAgeSeconds(), "it holds no longer");
    changed.clear();
    clock.advance(Duration.ofSeconds(1));
    assertEquals("{}", text(talk.ask(get(NODE)).payload()), "whether somebody looked or not");
    assertEquals(List.of(NODE), changed);
    assertTrue(reports().get(1).contains("\"state\":\"expired\",\"number\":1,\"given\":true"));
    Answer late = talk.ask(post(NODE, 1, "done, but late"));
    assertEquals(Code.NOT_FOUND, late.code());
    assertTrue(text(late.payload()).contains("ended=expired"));
    assertEquals(2, reports().size());
  }

  @Test
  void tellsTheIssuerOfWhatFoundNoRoom() throws IOException {
    List<Delivery> many = new ArrayList<>();
    for (int i = 1; i <= 6; i++) {
      many.add(command(i, NODE, "x"));
    }
    queue.deliver(many);
    assertEquals(4, book.commands(NODE).size());
    assertEquals(2, count("overflowed"));
    for (int i = 7; i <= 20; i++) {
      queue.deliver(List.of(command(i, "n" + i, "x")));
    }
    assertEquals(10, book.commands().all().size());
    assertEquals(10, count("overflowed"));
    assertEquals(10, reports().size());
    talk.ask(post(NODE, 1, ""));
    queue.deliver(List.of(command(21, NODE, "x")));
    assertEquals(10, book.commands().all().size(), "there is room again");
  }

  @Test
  void takesNothingWhileTooManyReportsWait() throws IOException {
    Rules none = new Rules("alice", Set.of("bob"), Set.of("DTLS-PSK"), 0, 1);
    Queue full = new Queue(book, none, clock, changed::add);
    for (int from = 1; from <= Queue.MOST_REPORTS; from += 1_000) {
      List<Delivery> many = new ArrayList<>();
      for (int i = from; i < from + 1_000; i++) {
        many.add(command(i, NODE, "x"));
      }
      full.deliver(many);
    }
    assertEquals(Queue.MOST_REPORTS, reports().size());
    List<Delivery> more = List.of(command(10_001, NODE, "x"));
    IOException kept = assertThrows(IOException.class, () -> full.deliver(more));
    assertTrue(kept.getMessage().startsWith("BG-CMD-013"), kept.getMessage());
    assertEquals(Queue.MOST_REPORTS, book.ended().all().size());
  }

  @Test
  void hasANodeSayItsResultAgainWhileTooManyReportsWait() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open")));
    Change full = new Change();
    for (int i = 1; i <= Queue.MOST_REPORTS; i++) {
      full.put(
          book.reports(),
          i,
          new Report(i, book.name(), NODE, "valve", "OSCORE", "bob", new byte[0], 0));
    }
    book.commit(full);
    assertThrows(IOException.class, () -> talk.ask(post(NODE, 1, "")));
    assertEquals(1, book.commands().all().size());
  }

  @Test
  void writesNoPayloadMoreThanTwiceAsLong() throws IOException {
    byte[] controls = new byte[Command.MOST_OCTETS];
    Arrays.fill(controls, (byte) 1);
    byte[] quotes = new byte[Command.MOST_OCTETS];
    Arrays.fill(quotes, (byte) '"');
    for (byte[] result : List.of(controls, quotes)) {
      long number = book.number() + 1;
      queue.deliver(List.of(command(number, NODE, result, Said.EXPIRES)));
      assertTrue(talk.ask(get(NODE)).payload().length < 2 * Command.MOST_OCTETS + 100);
      talk.ask(Said.ask(NODE, Ask.Method.POST, List.of(Long.toString(number)), result));
    }
    assertTrue(reports().stream().allMatch(r -> r.length() < 2 * Command.MOST_OCTETS + 300));
  }

  @Test
  void remembersABoundedNumberOfEnds() throws IOException {
    int last = 0;
    while (last < Queue.MOST_ENDED + 200) {
      List<Delivery> some = new ArrayList<>();
      for (int end = last + 100; last < end; ) {
        some.add(command(++last, NODE, new byte[0], 1));
      }
      queue.deliver(some);
      Change change = new Change();
      for (long sent : List.copyOf(book.reports().all().keySet())) {
        change.remove(book.reports(), sent);
      }
      book.commit(change);
    }
    assertEquals(Queue.MOST_ENDED, book.ended().all().size());
    assertEquals(201L, book.ended().all().firstKey());
  }

  @Test
  void takesNothingThatNoOperatorSaid() throws IOException {
    Map<String, Object> attributes = Said.attributes(NODE, Said.EXPIRES);
    Map<String, Object> reading = new HashMap<>(attributes);
    reading.put(Flow.INGRESS, "DTLS-PSK");
    byte[] payload = "open".getBytes();
    queue.deliver(
        List.of(
            Said.delivery(1, "pump-18", attributes, payload, "bob"),
            Said.delivery(2, Said.BOB, reading, payload, "bob"),
            Said.delivery(3, MessageId.gateway("carol", 1), attributes, payload, "bob")));
    assertEquals(0, book.commands().all().size());
    assertEquals(0, reports().size(), "nobody is answered");
    assertEquals(3, count("noCommands"));
  }

  @Test
  void refusesCommandsOfSitesThatMayNot() throws IOException {
    Map<String, Object> attributes = Said.attributes(NODE, Said.EXPIRES);
    byte[] payload = "open".getBytes();
    queue.deliver(
        List.of(
            Said.delivery(1, MessageId.gateway("carol", 1), attributes, payload, "carol"),
            Said.delivery(2, MessageId.gateway("alice", 1), attributes, payload, "alice")));
    assertEquals(1, book.commands().all().size(), "its own operators may");
    assertTrue(reports().get(0).contains("\"error\":\"BG-CMD-011\""), reports().toString());
  }

  @Test
  void refusesWhatIsNoCommandForANode() throws IOException {
    List<Map<String, Object>> wrong = new ArrayList<>();
    for (String[] change :
        new String[][] {
          {Flow.NODE, "a b"},
          {Flow.NODE, "x".repeat(70_000)},
          {Flow.RESOURCE, "valve?"},
          {Flow.CONTENT_FORMAT, "text/html"},
          {Queue.EXPIRES, "tomorrow"}
        }) {
      Map<String, Object> attributes = Said.attributes(NODE, Said.EXPIRES);
      attributes.put(change[0], change[1]);
      wrong.add(attributes);
    }
    long number = 0;
    for (Map<String, Object> attributes : wrong) {
      queue.deliver(List.of(Said.delivery(++number, Said.BOB, attributes, new byte[1], "bob")));
    }
    queue.deliver(
        List.of(command(++number, NODE, new byte[Command.MOST_OCTETS + 1], Said.EXPIRES)));
    assertEquals(6, reports().size());
    assertTrue(reports().stream().allMatch(r -> r.contains("\"error\":\"BG-CMD-012\"")));
    reopen();
    assertEquals(6, reports().size());
  }

  @Test
  void takesACommandBackOnce() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open")));
    assertFalse(queue.cancel(2));
    assertTrue(queue.cancel(1));
    assertFalse(queue.cancel(1));
    assertTrue(reports().get(0).contains("\"state\":\"cancelled\""));
    assertEquals(Code.NOT_FOUND, talk.ask(post(NODE, 1, "")).code());
  }

  private static Ask with(Ask ask, List<String> query, int accept, String ingress) {
    return new Ask(
        ask.node(),
        ingress,
        ask.method(),
        ask.path(),
        query,
        ask.format(),
        ask.payload(),
        accept < 0 ? OptionalInt.empty() : OptionalInt.of(accept));
  }

  @Test
  void saysThatANodeCannot() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open")));
    Ask failed = with(post(NODE, 1, "stuck"), List.of("failed"), -1, "OSCORE");
    assertEquals(Code.CHANGED, talk.ask(failed).code());
    assertTrue(reports().get(0).contains("\"state\":\"failed\""));
    Report report = book.reports().all().firstEntry().getValue();
    assertEquals("OSCORE", report.ingress(), "so a policy can tell");
  }

  @Test
  void writesCborForWhoAcceptsIt() throws IOException {
    queue.deliver(List.of(command(1, NODE, new byte[] {(byte) 0xff, 1}, Said.EXPIRES)));
    Answer cbor = talk.ask(with(get(NODE), List.of(), 60, "DTLS-PSK"));
    assertEquals(OptionalInt.of(60), cbor.format());
    assertArrayEquals(
        new byte[] {
          (byte) 0xa4, 0, 1, 1, 0x65, 'v', 'a', 'l', 'v', 'e', 2, 0, 3, 0x42, (byte) 0xff, 1
        },
        cbor.payload());
    Answer nothing = talk.ask(with(get("pump-18"), List.of(), 60, "DTLS-PSK"));
    assertArrayEquals(new byte[] {(byte) 0xa0}, nothing.payload());
    Answer json = talk.ask(with(get(NODE), List.of(), 50, "DTLS-PSK"));
    assertTrue(text(json.payload()).endsWith("\"base64\":\"/wE=\"}"), text(json.payload()));
    assertFalse(Arrays.equals(cbor.etag(), json.etag()), "equal tags mean equal payloads");
    assertEquals(Code.NOT_ACCEPTABLE, talk.ask(with(get(NODE), List.of(), 40, "DTLS-PSK")).code());
  }

  @Test
  void tellsWhoAcceptsItTheNextCommandAtOnce() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open"), command(2, NODE, "close")));
    Answer next = talk.ask(with(post(NODE, 1, ""), List.of(), 50, "DTLS-PSK"));
    assertEquals(Code.CHANGED, next.code());
    assertTrue(text(next.payload()).contains("\"text\":\"close\""));
    Answer again = talk.ask(with(post(NODE, 1, ""), List.of(), 50, "DTLS-PSK"));
    assertArrayEquals(next.payload(), again.payload());
  }

  @Test
  void tellsNothingToNodesThatNobodyCanBeSureOf() throws IOException {
    queue.deliver(List.of(command(1, NODE, "open")));
    for (Ask ask : List.of(get(NODE), post(NODE, 1, ""))) {
      Answer answer = talk.ask(with(ask, List.of(), -1, "none"));
      assertEquals(Code.FORBIDDEN, answer.code());
      assertTrue(text(answer.payload()).contains("BG-CMD-004"));
    }
    assertFalse(book.commands().all().get(1L).given());
  }

  @Test
  void answersWhateverANodeAsks() throws IOException {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("QueueTest.answersWhateverANodeAsks seed=" + seed);
    Random random = new Random(seed);
    queue.deliver(List.of(command(1, NODE, "open"), command(2, NODE, "close")));
    String[] parts = {
      "1", "2", "0", "-1", "01", "1e3", "9".repeat(18), "9".repeat(400), "", "/", "é"
    };
    String[] queries = {"failed", "failed=1", "", "x"};
    for (int i = 0; i < 50_000; i++) {
      byte[] payload = new byte[random.nextInt(5) == 0 ? random.nextInt(3_000) : 0];
      random.nextBytes(payload);
      List<String> path = some(random, parts);
      List<String> query = some(random, queries);
      Ask ask =
          new Ask(
              random.nextBoolean() ? NODE : "pump-18",
              "OSCORE",
              Ask.Method.values()[random.nextInt(4)],
              path,
              query,
              random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(65_536)),
              payload,
              random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(100)));
      int before = book.commands().all().size();
      Answer answer = talk.ask(ask);
      boolean right =
          ask.method() == Ask.Method.POST
              && ask.node().equals(NODE)
              && List.of(List.of("1"), List.of("2")).contains(path)
              && (query.isEmpty() || query.equals(List.of("failed")))
              && payload.length <= Command.MOST_OCTETS;
      int after = book.commands().all().size();
      assertTrue(after == before || right, "seed=" + seed + " " + ask);
      assertTrue(answer.payload().length < 1_000, "seed=" + seed);
    }
    assertEquals(0, book.commands().all().size(), "both were answered; seed=" + seed);
    assertEquals(2, reports().size(), "seed=" + seed);
  }

  private static List<String> some(Random random, String[] words) {
    List<String> some = new ArrayList<>();
    for (int left = random.nextInt(3); left > 0; left--) {
      some.add(words[random.nextInt(words.length)]);
    }
    return some;
  }

  @Test
  void endsOrKeepsWhateverAPeerSends() throws IOException {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("QueueTest.endsOrKeepsWhateverAPeerSends seed=" + seed);
    Random random = new Random(seed);
    Object[] values = {
      "", "open", 1L, -1L, Long.MAX_VALUE, Double.NaN, true, "é\u0000\ud800", "x".repeat(66_000)
    };
    long commands = 0;
    for (int i = 1; i <= 3_000; i++) {
      Map<String, Object> attributes = Said.attributes("n" + random.nextInt(9), Said.EXPIRES);
      for (String name : List.copyOf(attributes.keySet())) {
        if (random.nextInt(4) == 0) {
          Object value = values[random.nextInt(values.length)];
          boolean text =
              List.of(Flow.NODE, Flow.RESOURCE, Flow.DATA_CLASS, Flow.INGRESS).contains(name);
          attributes.put(name, text ? String.valueOf(value) : value);
        }
      }
      byte[] payload = new byte[random.nextInt(2_000)];
      random.nextBytes(payload);
      Delivery delivery = Said.delivery(i, Said.BOB, attributes, payload, "bob");
      commands += Arrival.isCommand(delivery) ? 1 : 0;
      queue.deliver(List.of(delivery));
    }
    assertTrue(commands > 1_000, "seed=" + seed);
    assertEquals(
        commands, book.commands().all().size() + book.ended().all().size(), "seed=" + seed);
    assertEquals(book.ended().all().size(), reports().size(), "seed=" + seed);
    List<String> before = reports();
    reopen();
    assertEquals(before, reports(), "seed=" + seed);
  }
}
