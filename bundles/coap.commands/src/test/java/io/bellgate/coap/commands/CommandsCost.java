package io.bellgate.coap.commands;

import io.bellgate.api.message.Delivery;
import io.bellgate.api.message.Intake;
import io.bellgate.coap.commands.book.Book;
import io.bellgate.coap.commands.queue.Rules;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What commands cost at the site of their nodes: to take them, to hold them, to open the book
 * again, and the three asks of a node for each (what is to do; done; which also sends the report).
 *
 * <pre>mvn -q -o -pl bundles/coap.commands -am test-compile
 * java -cp CLASSPATH io.bellgate.coap.commands.CommandsCost FOLDER</pre>
 */
final class CommandsCost {
  private static final int COMMANDS = 10_000;
  private static final int PER_NODE = 20;
  private static final int ANSWERED = 1_000;
  private static final int BATCH = 250;
  private static final int PAYLOAD_OCTETS = 200;
  private static final double MEBI = 1 << 20;

  private CommandsCost() {}

  /**
   * Runs.
   *
   * @param arguments an empty folder
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    ScriptedIntake router = new ScriptedIntake();
    long before = heap();
    long began = System.nanoTime();
    try (Station station = station(folder, router)) {
      for (int i = 1; i <= COMMANDS; i += BATCH) {
        station.deliver(batch(i));
      }
      System.out.printf(
          Locale.ROOT,
          "taken: commands=%d batch=%d perSecond=%.0f heapMiB=%.1f fileMiB=%.1f%n",
          COMMANDS,
          BATCH,
          COMMANDS / seconds(began),
          (heap() - before) / MEBI,
          Files.size(folder.resolve("commands.journal")) / MEBI);
    }
    long opened = System.nanoTime();
    try (Station station = station(folder, router)) {
      System.out.printf(Locale.ROOT, "opened again: ms=%.0f%n", 1_000 * seconds(opened));
      long asked = System.nanoTime();
      for (int i = 1; i <= ANSWERED; i++) {
        String node = "n" + i / PER_NODE;
        station.ask(Said.get(node)).toCompletableFuture().get();
        station.ask(Said.post(node, i, "ok")).toCompletableFuture().get();
      }
      System.out.printf(
          Locale.ROOT,
          "answered one after the other: commands=%d perSecond=%.0f reports=%d%n",
          ANSWERED,
          ANSWERED / seconds(asked),
          router.taken().size());
    }
  }

  private static Station station(Path folder, Intake router) throws IOException {
    return new Station(
        new Book(Disk.FILES, folder, "alice", () -> 1),
        new Rules("alice", Set.of("bob"), Set.of("DTLS-PSK"), 32, COMMANDS),
        1_000,
        "command-result",
        new Station.Around(() -> router, node -> {}, InstantSource.system(), () -> 2));
  }

  private static List<Delivery> batch(int first) {
    List<Delivery> batch = new ArrayList<>();
    for (int i = first; i < first + BATCH; i++) {
      batch.add(Said.command(i, "n" + i / PER_NODE, new byte[PAYLOAD_OCTETS], Long.MAX_VALUE));
    }
    return batch;
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
