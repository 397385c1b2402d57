package io.bellgate.itests.traffic;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;

/**
 * Nodes that talk at once, each its next reading as soon as the last one was accepted. Message
 * identities are {@code NODE/SEQUENCE}.
 */
public final class Load implements AutoCloseable {
  private static final Duration HANG = Duration.ofSeconds(120);
  private static final List<String> RESOURCES = List.of("pressure", "temperature", "humidity");

  private final Set<String> accepted = new ConcurrentSkipListSet<>();
  private final List<CoapNode> nodes = new ArrayList<>();
  private final List<Future<?>> running = new ArrayList<>();
  private final ExecutorService threads;
  private volatile boolean stopping;

  private Load(String prefix, int count, IntSupplier port) throws IOException {
    threads = Executors.newFixedThreadPool(count);
    for (int i = 0; i < count; i++) {
      nodes.add(new CoapNode(prefix + "-" + i, port));
    }
  }

  /**
   * Starts nodes that talk until {@link #finish}.
   *
   * @param prefix of their names, different for each load of one gateway
   * @param count how many
   * @param port of the gateway
   * @return running
   * @throws IOException if no socket can be had
   */
  public static Load endless(String prefix, int count, IntSupplier port) throws IOException {
    return start(prefix, count, port, Long.MAX_VALUE);
  }

  /**
   * Starts nodes that say a number of readings each.
   *
   * @param prefix of their names, different for each load of one gateway
   * @param count how many
   * @param port of the gateway
   * @param readings of each node
   * @return running
   * @throws IOException if no socket can be had
   */
  public static Load start(String prefix, int count, IntSupplier port, long readings)
      throws IOException {
    Load load = new Load(prefix, count, port);
    for (CoapNode node : load.nodes) {
      load.running.add(load.threads.submit(() -> load.talk(node, readings)));
    }
    return load;
  }

  private Void talk(CoapNode node, long readings) throws InterruptedException {
    for (long sequence = 0; sequence < readings && !stopping; sequence++) {
      node.say(RESOURCES.get((int) (sequence % RESOURCES.size())), sequence, HANG);
      accepted.add(node.name() + "/" + sequence);
    }
    return null;
  }

  /**
   * Waits until that many more readings were accepted than now.
   *
   * @param readings of all nodes together
   * @throws InterruptedException if interrupted
   */
  public void awaitAnother(int readings) throws InterruptedException {
    int wanted = accepted.size() + readings;
    Await.until(
        () ->
            "readings accepted: wanted="
                + wanted
                + " accepted="
                + accepted.size()
                + " last="
                + nodes.stream().map(CoapNode::last).toList(),
        HANG,
        () -> accepted.size() >= wanted);
  }

  /**
   * Lets every node end its last reading.
   *
   * @return identities that were answered 2.04
   * @throws InterruptedException if interrupted
   */
  public Set<String> finish() throws InterruptedException {
    stopping = true;
    return join();
  }

  /**
   * Waits until every node has said all it has to say.
   *
   * @return identities that were answered 2.04
   * @throws InterruptedException if interrupted
   */
  public Set<String> join() throws InterruptedException {
    for (Future<?> node : running) {
      try {
        node.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause().getMessage(), e.getCause());
      }
    }
    return new TreeSet<>(accepted);
  }

  @Override
  public void close() {
    stopping = true;
    threads.shutdownNow();
    nodes.forEach(CoapNode::close);
  }
}
