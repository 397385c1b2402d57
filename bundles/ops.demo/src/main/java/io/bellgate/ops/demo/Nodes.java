package io.bellgate.ops.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/** The CoAP endpoints of nodes on loopback, each with a port of its own. Thread safe. */
public final class Nodes implements AutoCloseable {
  static {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
  }

  private final EndpointContext server;
  private final List<CoapEndpoint> endpoints = new ArrayList<>();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, Nodes::daemon);

  /**
   * Opens the endpoints.
   *
   * @param nodes how many
   * @param port where the server listens, UDP on loopback
   */
  public Nodes(int nodes, int port) throws IOException {
    server =
        new AddressEndpointContext(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
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
    Thread thread = new Thread(task, "nodes");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Posts a reading as a confirmable request; does not wait.
   *
   * @param node from 0
   * @param path without the leading slash
   * @param json the payload
   * @param answer called once, on a thread of this object: the code, or empty if none came
   */
  public void post(int node, String path, String json, Consumer<Optional<ResponseCode>> answer) {
    Request request = Request.newPost();
    request.setDestinationContext(server);
    request.getOptions().setUriPath(path);
    request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_JSON);
    request.setPayload(json.getBytes(StandardCharsets.UTF_8));
    request.addMessageObserver(
        new MessageObserverAdapter() {
          @Override
          public void onResponse(Response response) {
            answer.accept(Optional.of(response.getCode()));
          }

          @Override
          protected void failed() {
            answer.accept(Optional.empty());
          }
        });
    endpoints.get(node).sendRequest(request);
  }

  /** Runs a task after a while; false if this object is closed. */
  public boolean later(long millis, Runnable task) {
    try {
      timer.schedule(task, millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    endpoints.forEach(CoapEndpoint::destroy);
  }
}
