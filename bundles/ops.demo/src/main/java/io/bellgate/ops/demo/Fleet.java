package io.bellgate.ops.demo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/**
 * The nodes: each an endpoint of its own that posts readings as confirmable requests, at a fixed
 * rate, without waiting for answers. A reading that is not accepted is posted again a few times,
 * under the same sequence, as a real node would.
 */
final class Fleet implements AutoCloseable {
  static {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
  }

  private static final int ATTEMPTS = 8;
  private static final long AGAIN_MILLIS = 1_000;

  private final Readings readings;
  private final int nodes;
  private final InetSocketAddress gateway;
  private final List<CoapEndpoint> endpoints = new ArrayList<>();
  private final long[] next;
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, Fleet::daemon);
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final LongAdder sent = new LongAdder();
  private final LongAdder givenUp = new LongAdder();
  private final AtomicLong firstAcceptedNanos = new AtomicLong();
  private long ticks;

  Fleet(Readings readings, int nodes, int port) throws java.io.IOException {
    this.readings = readings;
    this.nodes = nodes;
    this.gateway = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.next = new long[nodes];
    Configuration configuration =
        new Configuration()
            .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
            .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
            .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
            .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
    for (int node = 0; node < nodes; node++) {
      CoapEndpoint endpoint =
          CoapEndpoint.builder()
              .setConfiguration(configuration)
              .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .build();
      endpoint.setExecutors(timer, timer);
      endpoint.start();
      endpoints.add(endpoint);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "demo-nodes");
    thread.setDaemon(true);
    return thread;
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
    Request request = Request.newPost();
    request.setURI(
        CoAP.COAP_URI_SCHEME
            + "://127.0.0.1:"
            + gateway.getPort()
            + "/telemetry/"
            + name
            + "/"
            + value.resource());
    request.setPayload(value.payload(sequence).getBytes(StandardCharsets.UTF_8));
    request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_JSON);
    request.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onResponse(Response response) {
            if (response.isSuccess()) {
              accepted.add(name + "/" + sequence);
              firstAcceptedNanos.compareAndSet(0, System.nanoTime());
            } else {
              again();
            }
          }

          @Override
          protected void failed() {
            again();
          }

          private void again() {
            if (attempt < ATTEMPTS && !timer.isShutdown()) {
              timer.schedule(
                  () -> post(node, sequence, attempt + 1), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            } else {
              givenUp.increment();
            }
          }
        });
    endpoints.get(node).sendRequest(request);
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
    timer.shutdownNow();
    endpoints.forEach(CoapEndpoint::destroy);
  }
}
