package io.bellgate.coap.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Intake.Acceptance;
import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.issue.Order;
import io.bellgate.coap.commands.queue.Format;
import io.bellgate.coap.commands.queue.Rules;
import io.bellgate.journal.Disk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsCommandTest {
  @TempDir Path folder;
  private final FakeClock clock = new FakeClock();
  private final ScriptedIntake intake = new ScriptedIntake();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Station station;
  private CommandsCommand command;

  @BeforeEach
  void open() throws IOException {
    station =
        new Station(
            new Book(Disk.FILES, folder, "bob", () -> 1),
            new Rules("bob", Set.of("alice"), Set.of("DTLS-PSK"), 32, 100),
            100,
            "command-result",
            new Station.Around(() -> intake, node -> {}, clock, () -> 2));
    command = new CommandsCommand(new OnStation(station));
  }

  @AfterEach
  void close() {
    station.close();
  }

  /** The component without its configuration. */
  private record OnStation(Station station) implements Desk {
    @Override
    public Order order(
        String node, String resource, Format format, byte[] payload, OptionalLong lifeSeconds) {
      return new Order(node, resource, "command", format, payload, lifeSeconds.orElse(60));
    }

    @Override
    public Offered send(Order order) throws IOException, InterruptedException {
      return station.send(order);
    }

    @Override
    public Listing list() throws IOException {
      return station.list();
    }

    @Override
    public boolean cancel(long number) throws IOException {
      return station.cancel(number);
    }

    @Override
    public void results(List<io.bellgate.api.message.Delivery> deliveries) throws IOException {
      station.results(deliveries);
    }
  }

  private int run(String typed, String... words) throws Exception {
    out.reset();
    err.reset();
    return command.run(
        new Command.Call(
            List.of(words),
            new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8)));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void sendsWhatIsTypedOrInAFile() throws Exception {
    assertEquals(Command.OK, run("", "send", "n", "valve", "open"));
    assertEquals("sent 1\n", out());
    assertEquals(
        Command.OK,
        run("{\"v\":1}", "send", "n", "valve", "--file", "-", "--format", "50", "--expires", "9"));
    Path file = Files.write(folder.resolve("payload"), new byte[] {0, 1});
    assertEquals(
        Command.OK,
        run("", "send", "n", "valve", "--file", file.toString(), "--format", "application/cbor"));
    assertEquals(
        List.of("open", "{\"v\":1}", "\u0000\u0001"),
        intake.taken().stream().map(m -> new String(m.payload(), StandardCharsets.UTF_8)).toList());
    assertEquals(
        List.of("text/plain", "application/json", "application/cbor"),
        intake.taken().stream().map(m -> m.flow().attributes().get("content.format")).toList());
  }

  @Test
  void refusesWordsThatMakeNoSense() throws Exception {
    for (String[] words :
        new String[][] {
          {"send", "n", "valve"},
          {"send", "n", "valve", "open", "more"},
          {"send", "n", "valve", "open", "--format", "99"},
          {"send", "n", "valve", "open", "--format"},
          {"send", "n", "valve", "open", "--expires", "soon"},
          {"cancel"},
          {"cancel", "x"},
          {"list", "a", "b"},
          {"obey"}
        }) {
      assertEquals(Command.USAGE, run("", words), String.join(" ", words));
      assertTrue(err().startsWith("Usage:"));
    }
    assertEquals(Command.FAILED, run("", "send", "a b", "valve", "open"));
    assertTrue(err().startsWith("BG-CMD-007"), err());
    assertEquals(Command.FAILED, run("x".repeat(2_000), "send", "n", "valve", "--file", "-"));
    assertTrue(err().startsWith("BG-CMD-007"), err());
    assertEquals(0, intake.taken().size());
  }

  @Test
  void saysThatThePolicyRefuses() throws Exception {
    intake.answer(new Acceptance.Refused("BG-ROUTE-001", "no rule matches this flow"));
    assertEquals(Command.REFUSED, run("", "send", "n", "valve", "open"));
    assertTrue(err().startsWith("BG-ROUTE-001 no rule matches this flow"), err());
  }

  @Test
  void listsWhatWaitsWhatEndedAndWhatWasSent() throws Exception {
    run("", "send", "m", "pump", "on");
    station.deliver(
        List.of(
            Said.delivery(
                1,
                io.bellgate.api.message.MessageId.gateway("alice", 1),
                Said.attributes("n", Said.EXPIRES),
                "open".getBytes(),
                "alice"),
            Said.delivery(
                2,
                io.bellgate.api.message.MessageId.gateway("alice", 1),
                Said.attributes("n", Said.EXPIRES),
                "close".getBytes(),
                "alice")));
    station.ask(Said.get("n")).toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertEquals(Command.OK, run("", "cancel", "2"));
    assertEquals(Command.FAILED, run("", "cancel", "2"));
    clock.advance(Duration.ofSeconds(7));
    assertEquals(Command.OK, run("", "list"));
    assertEquals(
        """
        waiting here: 1
          n 1 valve from alice, qkd+pqc, 7 s old, expires in 86393 s, given
        ended here: 1
          n 2 valve from alice, qkd+pqc, 7 s ago, cancelled, never given
        sent from here: 1
          m 1 pump, 7 s ago, no result yet
        """,
        out());
    assertEquals(Command.OK, run("", "list", "n", "--json"));
    assertTrue(
        out()
            .startsWith(
                "{\"waiting\":[{\"node\":\"n\",\"number\":1,\"resource\":\"valve\",\"command\":\"@alice"
                    + ".0000000000000001/1\",\"site\":\"alice\",\"protection\":\"qkd+pqc\","
                    + "\"ageSeconds\":7,\"expiresInSeconds\":86393,\"state\":\"given\",\"evidence\":{"),
        out());
    assertTrue(out().contains("\"sent\":[]"), "of this node only");
  }
}
