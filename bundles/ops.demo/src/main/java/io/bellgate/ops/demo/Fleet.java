package io.bellgate.ops.demo;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/**
 * The nodes: each an endpoint of its own that posts readings as confirmable requests, at a fixed
 * rate, without waiting for answers. A reading that is not accepted is posted again a few times,
 * under the same sequence, as a real node would.
 */
final class Fleet implements AutoCloseable {
  private static final int ATTEMPTS = 8;
  private static final long AGAIN_MILLIS = 1_000;

  private final Readings readings;
  private final int nodes;
  private final Nodes endpoints;
  private final long[] next;
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final LongAdder sent = new LongAdder();
  private final LongAdder givenUp = new LongAdder();
  private final AtomicLong firstAcceptedNanos = new AtomicLong();
  private long ticks;

  Fleet(Readings readings, int nodes, int port) throws java.io.IOException {
    this.readings = readings;
    this.nodes = nodes;
    this.next = new long[nodes];
    this.endpoints = new Nodes(nodes, port);
  }

  /** Sends the readings that are due: {@code rate} a second since the first call. */
  void send(long elapsedNanos, int rate) {
    long due = elapsedNanos / 1_000 * rate / 1_000_000;
    while (ticks < due) {
      int node = (int) (ticks++ % nodes);
      long sequence = next[node]++;
      sent.increment();
      post(node, sequence, 1);
    }
  }

  private void post(int node, long sequence, int attempt) {
    Readings.Value value = readings.value(node, nodes, sequence);
    String name = "node-" + node;
    endpoints.post(
        node,
        "telemetry/" + name + "/" + value.resource(),
        value.payload(sequence),
        answer -> {
          if (answer.filter(ResponseCode::isSuccess).isPresent()) {
            accepted.add(name + "/" + sequence);
            firstAcceptedNanos.compareAndSet(0, System.nanoTime());
          } else if (attempt >= ATTEMPTS
              || !endpoints.later(AGAIN_MILLIS, () -> post(node, sequence, attempt + 1))) {
            givenUp.increment();
          }
        });
  }

  long sent() {
    return sent.sum();
  }

  /** Identities that were answered 2.04: NODE/SEQUENCE. */
  Set<String> accepted() {
    return accepted;
  }

  /** Readings that are neither accepted nor given up. */
  long open() {
    return sent() - accepted.size() - givenUp.sum();
  }

  long firstAcceptedNanos() {
    return firstAcceptedNanos.get();
  }

  @Override
  public void close() {
    endpoints.close();
  }
}
