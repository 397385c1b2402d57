package io.bellgate.north.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {
  @TempDir Path folder;

  private FileSink sink(int kept) {
    Map<String, Object> values =
        Map.of(
            "folder", folder.resolve("north").toString(), "file_mebioctets", 1, "files_kept", kept);
    return new FileSink(
        (FileSink.Settings)
            Proxy.newProxyInstance(
                FileSink.class.getClassLoader(),
                new Class<?>[] {FileSink.Settings.class},
                (p, m, a) -> values.get(m.getName())));
  }

  private static Delivery delivery(long number, byte[] payload) {
    Flow flow =
        new Flow(
            Map.of(
                Flow.NODE,
                "n1",
                Flow.RESOURCE,
                "pressure",
                Flow.DATA_CLASS,
                "process",
                Flow.INGRESS,
                "none"));
    return new Delivery(
        number,
        new Message(new MessageId("n1", number), flow, payload, Instant.EPOCH),
        "alice",
        Map.of("protection", "pqc"));
  }

  private static List<Delivery> deliveries(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(n -> delivery(n, ("{\"seq\":" + n + "}").getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("north/readings.jsonl"));
  }

  @Test
  void writesNothingTwiceAfterACrash() throws IOException {
    sink(4).deliver(deliveries(1, 5)); // not closed: a crash
    FileSink again = sink(4);
    again.deliver(deliveries(3, 8));
    assertEquals(8, lines().size());
    assertEquals(3L, again.status().get("repeatedAfterCrash"));
    again.deactivate();
  }

  @Test
  void cutsATornLineOffAndWritesItAgain() throws IOException {
    FileSink first = sink(4);
    first.deliver(deliveries(1, 3));
    first.deactivate();
    Path file = folder.resolve("north/readings.jsonl");
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 1; cut < 60; cut++) {
      Files.write(
          file,
          java.util.Arrays.copyOf(whole, whole.length - cut),
          StandardOpenOption.TRUNCATE_EXISTING);
      FileSink again = sink(4);
      again.deliver(deliveries(1, 3));
      again.deactivate();
      assertEquals(3, lines().size(), "cut=" + cut);
      assertEquals(new String(whole, StandardCharsets.UTF_8), Files.readString(file), "cut=" + cut);
    }
  }

  @Test
  void turnsFilesOverAndKeepsABoundedNumber() throws IOException {
    FileSink sink = sink(2);
    byte[] payload = ("\"" + "x".repeat(10_000) + "\"").getBytes(StandardCharsets.UTF_8);
    for (long n = 1; n <= 600; n++) {
      sink.deliver(List.of(delivery(n, payload)));
    }
    sink.deactivate();
    List<Path> files = new ArrayList<>();
    try (var all = Files.list(folder.resolve("north"))) {
      all.forEach(files::add);
    }
    assertTrue(files.size() <= 3, files::toString);
    FileSink again = sink(2);
    again.deliver(List.of(delivery(600, payload)));
    assertEquals(1L, again.status().get("repeatedAfterCrash"));
    again.deactivate();
  }

  @Test
  void writesTextAndOctetsThatAreNoJson() throws IOException {
    FileSink sink = sink(1);
    sink.deliver(
        List.of(
            delivery(1, "plain \"text".getBytes(StandardCharsets.UTF_8)),
            delivery(2, new byte[] {(byte) 0xff, 0}),
            delivery(3, new byte[0])));
    sink.deactivate();
    assertTrue(lines().get(0).contains("\"payload.text\":\"plain \\\"text\""), lines().get(0));
    assertTrue(lines().get(1).contains("\"payload.base64\":\"/wA=\""), lines().get(1));
    assertTrue(lines().get(2).contains("\"payload.text\":\"\""), lines().get(2));
  }

  @Test
  void opensItsFileAnewAfterACallerWasInterrupted() throws IOException {
    FileSink sink = sink(1);
    sink.deliver(deliveries(1, 2));
    Thread.currentThread().interrupt(); // closes the channel under the write
    assertThrows(IOException.class, () -> sink.deliver(deliveries(3, 3)));
    assertTrue(Thread.interrupted());
    sink.deliver(deliveries(3, 4));
    sink.deactivate();
    assertEquals(4, lines().size());
  }

  @Test
  void refusesAFileThatIsNotItsOwn() throws IOException {
    Files.createDirectories(folder.resolve("north"));
    Files.writeString(folder.resolve("north/readings.jsonl"), "hello\n");
    IOException e = assertThrows(IOException.class, () -> sink(1).deliver(deliveries(1, 1)));
    assertTrue(e.getMessage().contains("move the file away"), e.getMessage());
    assertEquals(List.of("hello"), lines());
  }
}
