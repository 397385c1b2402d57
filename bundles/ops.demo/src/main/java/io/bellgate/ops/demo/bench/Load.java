package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Nodes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;

/**
 * Nodes that post readings to {@code /telemetry/NODE/RESOURCE}, each with a sequence of its own.
 */
final class Load {
  static final int NODES = 32;
  private static final long AGAIN_MILLIS = 10;

  private final Nodes nodes;
  private final String resource;
  private final Trace trace;
  private final AtomicLongArray next = new AtomicLongArray(NODES);
  private volatile long untilNanos;

  Load(Nodes nodes, String resource, Trace trace) {
    this.nodes = nodes;
    this.resource = resource;
    this.trace = trace;
  }

  Trace trace() {
    return trace;
  }

  /** Closed loop: each node posts its next reading when the last one is answered. */
  void closed(Duration length) throws InterruptedException {
    untilNanos = System.nanoTime() + length.toNanos();
    for (int node = 0; node < NODES; node++) {
      turn(node);
    }
    Thread.sleep(length.toMillis());
  }

  private void turn(int node) {
    post(
        node,
        accepted -> {
          if (System.nanoTime() < untilNanos) {
            if (accepted) {
              turn(node);
            } else {
              nodes.later(AGAIN_MILLIS, () -> turn(node));
            }
          }
        });
  }

  private interface Then {
    void answered(boolean accepted);
  }

  /**
   * Open loop: posts at a fixed rate whatever the answers, until the time is over.
   *
   * @param beside loads that post as often at the same moments
   */
  void open(int perSecond, Duration length, Load... beside) throws InterruptedException {
    long begin = System.nanoTime();
    long sent = 0;
    for (long elapsed = 0; elapsed < length.toNanos(); elapsed = System.nanoTime() - begin) {
      for (long due = elapsed / 1_000 * perSecond / 1_000_000; sent < due; sent++) {
        post((int) (sent % NODES), accepted -> {});
        for (Load other : beside) {
          other.post((int) (sent % NODES), accepted -> {});
        }
      }
      Thread.sleep(1);
    }
  }

  private void post(int node, Then then) {
    long sequence = next.getAndIncrement(node);
    long id = Trace.id(node, sequence);
    trace.posted(id);
    nodes.post(
        node,
        "telemetry/" + trace.name() + "-" + node + "/" + resource,
        "{\"seq\":" + sequence + ",\"t\":\"2010-01-01T01:00:00\",\"v\":1016.6}",
        answer -> answered(id, answer, then));
  }

  private void answered(long id, Optional<ResponseCode> answer, Then then) {
    boolean accepted = answer.filter(ResponseCode::isSuccess).isPresent();
    if (accepted) {
      trace.accepted(id);
    } else {
      trace.other(answer.map(c -> c.text).orElse("no answer"));
    }
    then.answered(accepted);
  }

  /** Waits until every post is answered; false if the bound is over before. */
  boolean answered(Duration bound) throws InterruptedException {
    long until = System.nanoTime() + bound.toNanos();
    while (!trace.answered() && System.nanoTime() < until) {
      Thread.sleep(20);
    }
    return trace.answered();
  }

  /** Waits until all that was accepted is delivered; false if the bound is over before. */
  boolean settled(Duration bound) throws InterruptedException {
    long until = System.nanoTime() + bound.toNanos();
    while (!trace.settled() && System.nanoTime() < until) {
      Thread.sleep(50);
    }
    return trace.settled();
  }
}
