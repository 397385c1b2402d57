package io.bellgate.coap.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.message.SinkContract;
import io.bellgate.api.node.Answer;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The component, as a sink: what it is given becomes commands of bob's operator. */
class CommandsTest extends SinkContract {
  private Commands open;

  @AfterEach
  void close() {
    if (open != null) {
      open.deactivate();
    }
  }

  private static Commands.Settings settings(Path folder) {
    Map<String, Object> said =
        Map.of(
            "site",
            "alice",
            "folder",
            folder.toString(),
            "from_sites",
            new String[] {"bob"},
            "node_most",
            100);
    return (Commands.Settings)
        Proxy.newProxyInstance(
            Commands.Settings.class.getClassLoader(),
            new Class<?>[] {Commands.Settings.class},
            (proxy, method, arguments) ->
                said.getOrDefault(method.getName(), method.getDefaultValue()));
  }

  private Commands start(Path folder) {
    close(); // a lock allows one
    open = new Commands();
    open.activate(settings(folder));
    return open;
  }

  @Override
  protected Opened open(Path where) {
    Commands commands = start(where);
    return new Opened(
        deliveries -> commands.deliver(deliveries.stream().map(CommandsTest::said).toList()),
        commands::deactivate);
  }

  private static Delivery said(Delivery any) {
    Message message = any.message();
    byte[] payload = Arrays.copyOf(message.payload(), Math.min(message.payload().length, 1_024));
    return Said.delivery(
        any.number(), Said.BOB, Said.attributes("n", Long.MAX_VALUE), payload, "bob");
  }

  @Override
  protected List<MessageId> delivered(Path where) throws IOException {
    close();
    try (Book book = new Book(Disk.FILES, where, "alice", () -> 1)) {
      LongStream commands =
          book.commands().all().values().stream().mapToLong(c -> c.id().sequence());
      return commands.mapToObj(sequence -> new MessageId("n", sequence)).toList();
    } finally {
      open.resume();
    }
  }

  @Test
  void hasEverybodyComeAgainWhileItIsParked() throws Exception {
    Commands commands = start(folder);
    commands.deliver(List.of(Said.command(1, "n", new byte[] {1}, Long.MAX_VALUE)));
    commands.park(1, Duration.ofSeconds(2)).state().destroy();
    Answer later = commands.ask(Said.get("n")).toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertEquals(Answer.Code.UNAVAILABLE, later.code());
    assertEquals(1, later.maxAgeSeconds());
    List<Delivery> more = List.of(Said.command(2, "n", new byte[] {2}, Long.MAX_VALUE));
    assertThrows(IOException.class, () -> commands.deliver(more));
    assertThrows(IOException.class, commands::list);
    commands.resume();
    commands.deliver(more);
    assertEquals(2, commands.list().waiting().size());
  }

  @Test
  void refusesClassesThatItCannotRead() {
    Commands commands = start(folder);
    Commands.Settings wrong =
        (Commands.Settings)
            Proxy.newProxyInstance(
                Commands.Settings.class.getClassLoader(),
                new Class<?>[] {Commands.Settings.class},
                (proxy, method, arguments) ->
                    method.getName().equals("data_classes")
                        ? new String[] {"valve"}
                        : method.getDefaultValue());
    assertThrows(IllegalArgumentException.class, () -> commands.modified(wrong));
  }
}
