package io.bellgate.gateway.router;

import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.api.policy.Protection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * What a message costs the disk from its acceptance to its removal: octets handed to the operating
 * system (Linux, {@code wchar} of proc(5)) and commits. The syncs are for strace to count.
 *
 * <pre>mvn -q -o -pl bundles/gateway.router -am test-compile
 * strace -f -c -e trace=fsync,fdatasync java -cp CLASSPATH io.bellgate.gateway.router.StoreCost
 *   FOLDER BATCH</pre>
 */
final class StoreCost {
  private static final int MESSAGES = 6_400;
  private static final int PAYLOAD_OCTETS = 200;

  private StoreCost() {}

  /**
   * Runs.
   *
   * @param arguments an empty folder, and how many messages share a commit
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int batch = Integer.parseInt(arguments[1]);
    try (Store store = new Store(folder, true)) {
      Epoch epoch = new Epoch(store, new java.util.Random(1));
      long octets = written();
      long commits = store.commits();
      for (int i = 0; i < MESSAGES; i += batch) {
        accept(store, epoch, i, batch);
      }
      System.out.printf(
          Locale.ROOT,
          "batch=%d messages=%d octetsPerMessage=%.0f commits=%d itemOctets=%d%n",
          batch,
          MESSAGES,
          (written() - octets) / (double) MESSAGES,
          store.commits() - commits,
          item(0).encode().length);
    }
  }

  /** Accepts messages in one group, then forgets them as if they had been acknowledged. */
  private static void accept(Store store, Epoch epoch, int first, int batch) {
    CountDownLatch all = new CountDownLatch(1);
    store.later(() -> await(all));
    List<CompletableFuture<Long>> accepted = new ArrayList<>();
    for (int i = first; i < first + batch; i++) {
      int sequence = i;
      accepted.add(store.write(() -> accept(store, epoch, sequence)));
    }
    all.countDown();
    for (CompletableFuture<Long> one : accepted) {
      long transfer = one.join();
      store.later(() -> store.numbered("out.bob").remove(transfer));
    }
  }

  private static long accept(Store store, Epoch epoch, int sequence) {
    Item item = item(sequence);
    Ranges seen = Ranges.decode(store.named("seen.nodes").get(item.message().id().node()));
    seen.add(sequence);
    store.named("seen.nodes").put(item.message().id().node(), seen.encode());
    long transfer = epoch.nextTransfer("bob");
    store.numbered("out.bob").put(transfer, item.encode());
    return transfer;
  }

  private static Item item(int sequence) {
    Map<String, Object> flow =
        Map.of(
            Flow.NODE,
            "pump-7",
            Flow.RESOURCE,
            "pressure",
            Flow.DATA_CLASS,
            "process",
            Flow.INGRESS,
            "none");
    return new Item(
        new Message(
            new MessageId("pump-7", sequence),
            new Flow(flow),
            new byte[PAYLOAD_OCTETS],
            Instant.EPOCH),
        "alice",
        "file",
        "process-data",
        5,
        List.of(Protection.PQC),
        Map.of());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long written() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/io")).stream()
        .filter(line -> line.startsWith("wchar:"))
        .mapToLong(line -> Long.parseLong(line.substring(7)))
        .findFirst()
        .orElseThrow();
  }
}
