package io.bellgate.itests.traffic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/**
 * A constrained node: posts readings to a gateway, one after the other, each until it is accepted.
 * A reading posted again keeps its sequence. For one thread.
 */
public final class CoapNode implements AutoCloseable {
  private static final Duration TRY = Duration.ofSeconds(2);

  static {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
  }

  private final String name;
  private final IntSupplier port;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(1, CoapNode::daemon);
  private final CoapEndpoint endpoint;
  private volatile String last = "nothing yet";

  /**
   * A node with an endpoint of its own.
   *
   * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
   * @param port of the gateway on the loopback address, asked before each post: it may have changed
   *     with a restart
   * @throws IOException if no socket can be had
   */
  public CoapNode(String name, IntSupplier port) throws IOException {
    this.name = name;
    this.port = port;
    Configuration configuration =
        new Configuration()
            .set(CoapConfig.ACK_TIMEOUT, 300, TimeUnit.MILLISECONDS)
            .set(CoapConfig.MAX_RETRANSMIT, 2)
            .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
            .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
            .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
            .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
    endpoint =
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .build();
    endpoint.setExecutors(threads, threads);
    endpoint.start();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "coap-node");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Its name.
   *
   * @return as given
   */
  public String name() {
    return name;
  }

  /**
   * What came back last, for the failure of a test.
   *
   * @return as {@link #post} returned it
   */
  public String last() {
    return last;
  }

  /**
   * Posts a reading once.
   *
   * @param resource under {@code /telemetry/NODE/}
   * @param payload as it goes out
   * @return what came back, for example {@code 2.04}, followed by the payload of an error; {@code
   *     none} if nothing came within a few seconds
   * @throws InterruptedException if interrupted
   */
  public String post(String resource, byte[] payload) throws InterruptedException {
    Request request = Request.newPost();
    request.setURI("coap://127.0.0.1:" + port.getAsInt() + "/telemetry/" + name + "/" + resource);
    request.setPayload(payload);
    request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_JSON);
    endpoint.sendRequest(request);
    Response response = request.waitForResponse(TRY.toMillis());
    if (response == null) {
      request.cancel();
      return "none";
    }
    return response.isSuccess()
        ? response.getCode().text
        : response.getCode().text + " " + response.getPayloadString();
  }

  /**
   * Posts a reading until the gateway says 2.04.
   *
   * @param resource under {@code /telemetry/NODE/}
   * @param sequence the node's own count
   * @param hang the longest it may take
   * @return how often it was posted
   * @throws InterruptedException if interrupted
   * @throws AssertionError if it was not accepted in time
   */
  public int say(String resource, long sequence, Duration hang) throws InterruptedException {
    byte[] payload =
        ("{\"seq\":" + sequence + ",\"v\":" + (1000 + sequence % 50) + ".5,\"u\":\"hPa\"}")
            .getBytes(StandardCharsets.UTF_8);
    long begin = System.nanoTime();
    for (int attempt = 1; System.nanoTime() - begin < hang.toNanos(); attempt++) {
      String answer = post(resource, payload);
      last = sequence + ": " + answer;
      if (answer.equals("2.04")) {
        return attempt;
      }
    }
    throw new AssertionError(
        "not accepted: node=" + name + " sequence=" + sequence + " hang=" + hang + " last=" + last);
  }

  @Override
  public void close() {
    endpoint.destroy();
    threads.shutdownNow();
  }
}
