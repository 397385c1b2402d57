package io.bellgate.api.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link Sink} keeps to. A sink's test extends this class and says how to open the sink
 * and how to read the far side.
 */
public abstract class SinkContract {
  /** Where the far side may be; the same for every sink of one test. */
  @TempDir protected Path folder;

  /** For a sink's test. */
  protected SinkContract() {}

  /**
   * A sink that is open.
   *
   * @param sink what is tested
   * @param close ends it as its bundle's stop would
   */
  public record Opened(Sink sink, AutoCloseable close) {}

  /**
   * Opens the sink; opened again, it goes on where the one before ended.
   *
   * @param where {@link #folder}
   * @return open
   * @throws Exception if that fails
   */
  protected abstract Opened open(Path where) throws Exception;

  /**
   * Reads the far side.
   *
   * @param where {@link #folder}
   * @return what is there, in the order of its arrival
   * @throws Exception if that fails
   */
  protected abstract List<MessageId> delivered(Path where) throws Exception;

  /**
   * A delivery of node {@code n}.
   *
   * @param number its delivery number, and its sequence
   * @param payload as the node sent it
   * @return with complete attributes and evidence
   */
  protected static Delivery delivery(long number, byte[] payload) {
    Flow flow =
        new Flow(
            Map.of(
                Flow.NODE, "n",
                Flow.RESOURCE, "pressure",
                Flow.DATA_CLASS, "process",
                Flow.INGRESS, "none"));
    Message message =
        new Message(
            new MessageId("n", number), flow, payload, Instant.parse("2026-01-01T00:00:00.5Z"));
    return new Delivery(
        number,
        message,
        "alice",
        Map.of("rule", "all", "protection", "pqc", "key", "k", "origin", "PQC", "epoch", "1"));
  }

  private static List<Delivery> deliveries(long first, long last) {
    List<Delivery> all = new ArrayList<>();
    for (long number = first; number <= last; number++) {
      String reading = "{\"seq\":" + number + ",\"v\":1.5,\"u\":\"hPa\"}";
      all.add(delivery(number, reading.getBytes(StandardCharsets.UTF_8)));
    }
    return all;
  }

  private static List<MessageId> identities(long first, long last) {
    return deliveries(first, last).stream().map(d -> d.message().id()).toList();
  }

  @Test
  void deliversEverythingInOrder() throws Exception {
    Opened opened = open(folder);
    opened.sink().deliver(deliveries(1, 1));
    opened.sink().deliver(deliveries(2, 40));
    assertEquals(identities(1, 40), delivered(folder), "durable when deliver returns");
    opened.close().close();
    assertEquals(identities(1, 40), delivered(folder));
  }

  @Test
  void leavesGapsInTheNumbersAlone() throws Exception {
    Opened opened = open(folder);
    opened.sink().deliver(deliveries(7, 7));
    opened.sink().deliver(deliveries(1_000_000_000_000L, 1_000_000_000_000L));
    opened.close().close();
    assertEquals(2, delivered(folder).size());
  }

  @Test
  void deliversNothingTwiceWhenItComesAgain() throws Exception {
    Opened opened = open(folder);
    opened.sink().deliver(deliveries(1, 10));
    opened.sink().deliver(deliveries(1, 10));
    opened.sink().deliver(deliveries(6, 15));
    opened.close().close();
    assertEquals(identities(1, 15), delivered(folder));
  }

  @Test
  void deliversNothingTwiceAfterARestart() throws Exception {
    for (long start = 1; start <= 21; start += 5) {
      Opened opened = open(folder);
      opened.sink().deliver(deliveries(Math.max(1, start - 3), start + 4));
      opened.close().close();
    }
    assertEquals(identities(1, 25), delivered(folder));
  }

  @Test
  void goesOnFromOneThatWasNotClosed() throws Exception {
    open(folder).sink().deliver(deliveries(1, 10));
    Opened successor = open(folder);
    successor.sink().deliver(deliveries(8, 12));
    successor.close().close();
    assertEquals(identities(1, 12), delivered(folder));
  }

  @Test
  void takesAnyPayload() throws Exception {
    long seed = System.nanoTime();
    System.out.println("SinkContract.takesAnyPayload seed=" + seed);
    Random random = new Random(seed);
    List<byte[]> payloads = new ArrayList<>();
    payloads.add(new byte[0]);
    payloads.add(new byte[Message.MAX_PAYLOAD_OCTETS]);
    payloads.add("a,\"b\";c\r\nd\n\"\n{\"seq\":1}\n".getBytes(StandardCharsets.UTF_8));
    payloads.add("null".getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < 40; i++) {
      byte[] octets = new byte[random.nextInt(400)];
      random.nextBytes(octets);
      payloads.add(octets);
    }
    for (int i = 0; i < payloads.size(); i++) {
      Opened opened = open(folder);
      opened.sink().deliver(List.of(delivery(i + 1L, payloads.get(i))));
      opened.close().close();
    }
    assertEquals(identities(1, payloads.size()), delivered(folder));
  }

  @Test
  void keepsItsWordAfterAFailure() throws Exception {
    Opened opened = open(folder);
    opened.sink().deliver(deliveries(1, 3));
    try {
      opened.sink().deliver(deliveries(2, 5));
    } catch (IOException e) {
      opened.sink().deliver(deliveries(2, 5));
    }
    opened.close().close();
    assertEquals(identities(1, 5), delivered(folder));
  }
}
