package io.bellgate.coap.readings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.message.SinkContract;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The component, as a sink: each message of the contract has a resource of its own. */
class ReadingsTest extends SinkContract {
  private static final long MOST_NUMBERS = 60;

  private final List<String> told = new ArrayList<>();
  private Readings open;

  @AfterEach
  void close() {
    if (open != null) {
      open.deactivate();
    }
  }

  private static Readings.Settings settings(Path folder, String... readers) {
    Map<String, Object> said = new HashMap<>();
    said.put("folder", folder.toString());
    said.put("readers", readers);
    return (Readings.Settings)
        Proxy.newProxyInstance(
            Readings.Settings.class.getClassLoader(),
            new Class<?>[] {Readings.Settings.class},
            (proxy, method, arguments) ->
                said.getOrDefault(method.getName(), method.getDefaultValue()));
  }

  private Readings start(String... readers) {
    close(); // a lock allows one
    open = new Readings();
    open.observations = (name, node) -> told.add(name + "/" + node);
    open.activate(settings(folder, readers));
    return open;
  }

  @Override
  protected Opened open(Path where) throws Exception {
    Readings readings = start();
    return new Opened(
        deliveries -> readings.deliver(deliveries.stream().map(ReadingsTest::said).toList()),
        readings::deactivate);
  }

  private static Source source(long number) {
    return new Source("alice", "n", "r-" + number);
  }

  private static Delivery said(Delivery any) {
    return Said.delivery(
        any.number(),
        any.message().id().sequence(),
        source(any.number()),
        "application/cbor",
        any.message().payload());
  }

  @Override
  protected List<MessageId> delivered(Path where) throws IOException {
    close();
    try (Latest latest = new Latest(Disk.FILES, where)) {
      return LongStream.concat(
              LongStream.rangeClosed(1, MOST_NUMBERS), LongStream.of(1_000_000_000_000L))
          .filter(number -> latest.of(source(number)).isPresent())
          .mapToObj(number -> new MessageId("n", number))
          .toList();
    } finally {
      open.resume();
    }
  }

  private static Answer asked(Readings readings, String node, String resource) {
    Ask ask = Said.get(node, "alice", "tank-1", resource);
    return readings.ask(ask).toCompletableFuture().join();
  }

  @Test
  void tellsThoseWhoMayAndHaveAsked() throws Exception {
    Readings readings = start("panel=alice/tank-1/*", "silent=*/*/*");
    assertEquals(Answer.Code.CONTENT, asked(readings, "panel", "level").code());
    assertEquals(Answer.Code.FORBIDDEN, asked(readings, "door", "level").code());
    readings.deliver(List.of(Said.level(1, 1, "1.5"), Said.level(2, 2, "1.6")));
    assertEquals(List.of("readings/panel"), told, "once for a batch");
    readings.deliver(List.of(Said.level(3, 1, "old")));
    readings.deliver(
        List.of(
            Said.delivery(
                4, 4, new Source("alice", "tank-2", "level"), "text/plain", new byte[] {'1'})));
    assertEquals(1, told.size(), "nothing changed for it");
    assertEquals("1.6", new String(asked(readings, "panel", "level").payload()));
    assertEquals(1, readings.status().get("askedFor"));
    assertEquals(1L, readings.status().get("refused"));
  }

  @Test
  void tellsReadersThatTheRulesHaveChanged() throws Exception {
    Readings readings = start("panel=alice/tank-1/level");
    readings.deliver(List.of(Said.level(1, 1, "1.5")));
    asked(readings, "panel", "level");
    readings.modified(settings(folder));
    assertEquals(List.of("readings/panel"), told);
    assertEquals(Answer.Code.FORBIDDEN, asked(readings, "panel", "level").code());
    Readings.Settings wrong = settings(folder, "panel");
    assertThrows(IllegalArgumentException.class, () -> readings.modified(wrong));
    assertEquals(Answer.Code.FORBIDDEN, asked(readings, "panel", "level").code());
  }

  @Test
  void movesToAnotherFolder() throws Exception {
    Readings readings = start("panel=alice/tank-1/level");
    readings.deliver(List.of(Said.level(1, 1, "1.5")));
    readings.modified(settings(folder.resolve("other"), "panel=alice/tank-1/level"));
    assertEquals(0, asked(readings, "panel", "level").payload().length);
    readings.modified(settings(folder, "panel=alice/tank-1/level"));
    assertEquals("1.5", new String(asked(readings, "panel", "level").payload()));
  }

  @Test
  void hasEverybodyComeAgainWhileItIsParked() throws Exception {
    Readings readings = start("panel=alice/tank-1/level");
    readings.deliver(List.of(Said.level(1, 1, "1.5")));
    readings.park(1, Duration.ofSeconds(2)).state().destroy();
    assertEquals(Answer.Code.UNAVAILABLE, asked(readings, "panel", "level").code());
    List<Delivery> more = List.of(Said.level(2, 2, "1.6"));
    assertThrows(IOException.class, () -> readings.deliver(more));
    readings.resume();
    assertEquals("1.5", new String(asked(readings, "panel", "level").payload()));
    readings.deliver(more);
    assertEquals("1.6", new String(asked(readings, "panel", "level").payload()));
  }
}
