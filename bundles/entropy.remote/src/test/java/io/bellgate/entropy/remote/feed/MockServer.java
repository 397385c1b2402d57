package io.bellgate.entropy.remote.feed;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server that behaves as a Quantis Appliance and as a server of the QRNG Open API do, until it is
 * told to misbehave: each reply that waits is given instead of the next answer.
 */
public final class MockServer implements AutoCloseable {
  /** A reply that was prepared. */
  public record Reply(int status, String type, byte[] body, String retryAfter) {
    static Reply json(int status, String body) {
      return new Reply(status, "application/json", body.getBytes(StandardCharsets.UTF_8), "");
    }

    static Reply text(int status, String body) {
      return new Reply(status, "text/plain", body.getBytes(StandardCharsets.UTF_8), "0");
    }
  }

  static final Endpoint.Patience IMPATIENT =
      new Endpoint.Patience(Duration.ofSeconds(5), Duration.ofMillis(1), Duration.ofMillis(200));

  private final HttpServer server;
  private final String scheme;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Random samples = new Random(7);
  private final Deque<Reply> replies = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private volatile boolean repeating;
  private volatile String capabilities =
      """
      {"entropy":{"min_block_size":1,"max_block_size":64,"max_block_count":8,
      "entropy_types":["quantum","seed"]},"healthtest":{"test_threshold":[]},"source_count":2}""";

  private MockServer(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  public static MockServer plain() throws IOException {
    return plain(0);
  }

  public static MockServer plain(int port) throws IOException {
    return new MockServer(HttpServer.create(local(port), 0), "http");
  }

  public static MockServer tls(TlsIdentity identity) throws Exception {
    HttpsServer server = HttpsServer.create(local(0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
    return new MockServer(server, "https");
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The same answer from now on. */
  public void repeat() {
    repeating = true;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url() {
    return scheme + "://127.0.0.1:" + port();
  }

  Endpoint endpoint(Pins pins, Key key) {
    return new Endpoint(url(), pins, key, IMPATIENT);
  }

  Endpoint endpoint() {
    return endpoint(new Pins(List.of()), Key.NONE);
  }

  synchronized void misbehave(Reply... next) {
    replies.addAll(List.of(next));
  }

  synchronized int waiting() {
    return replies.size();
  }

  public void capabilities(String json) {
    capabilities = json;
  }

  /** What was asked, with the header of a key. */
  synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] request = exchange.getRequestBody().readAllBytes();
    Reply reply = reply(exchange, request);
    exchange.getResponseHeaders().set("Content-Type", reply.type());
    if (!reply.retryAfter().isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", reply.retryAfter());
    }
    if (reply.status() == 302) {
      exchange.getResponseHeaders().set("Location", url() + "/v1/capabilities");
    }
    exchange.sendResponseHeaders(reply.status(), reply.body().length);
    exchange.getResponseBody().write(reply.body());
    exchange.close();
  }

  private synchronized Reply reply(HttpExchange exchange, byte[] request) {
    String path = exchange.getRequestURI().getPath();
    asked.add(
        exchange.getRequestMethod()
            + " "
            + exchange.getRequestURI()
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization")
            + " "
            + exchange.getRequestHeaders().getFirst("X-api-key"));
    if (!replies.isEmpty() && !path.endsWith("capabilities")) {
      return replies.remove();
    }
    switch (path) {
      case "/v1/capabilities":
        return Reply.json(200, capabilities);
      case "/v1/healthtest":
        return Reply.json(
            200,
            "{\"test_result\":[{\"test_type\":\"nist_90b\",\"test_result\":0.94,"
                + "\"time_stamp\":\"2023-09-13T08:34:4502\"}]}");
      case "/v1/entropy":
        return entropy(request);
      case "/api/2.0/streambytes":
        int size = Integer.parseInt(exchange.getRequestURI().getQuery().replace("size=", ""));
        return new Reply(200, "application/octet-stream", noise(size), "");
      case "/public":
        return Reply.json(200, numbers(noise(64)));
      default:
        return Reply.text(404, "no such page");
    }
  }

  private static String numbers(byte[] octets) {
    JsonArrayBuilder numbers = Json.createArrayBuilder();
    for (byte octet : octets) {
      numbers.add(octet & 0xff);
    }
    return Json.createObjectBuilder().add("data", numbers).build().toString();
  }

  private Reply entropy(byte[] request) {
    JsonObject wanted = Json.createReader(new ByteArrayInputStream(request)).readObject();
    int size = wanted.getInt("block_size");
    int count = wanted.getInt("block_count", 1);
    JsonArrayBuilder blocks = Json.createArrayBuilder();
    for (int i = 0; i < count; i++) {
      blocks.add(Base64.getEncoder().encodeToString(noise(size)));
    }
    return Reply.json(200, Json.createObjectBuilder().add("entropy", blocks).build().toString());
  }

  byte[] noise(int octets) {
    byte[] noise = new byte[octets];
    (repeating ? new Random(7) : samples).nextBytes(noise);
    return noise;
  }

  @Override
  public void close() {
    stop();
  }

  /** Hangs up on all clients; a second time nothing. */
  public void stop() {
    server.stop(0);
    threads.shutdownNow();
  }
}
