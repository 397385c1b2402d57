package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.nodeline.NodeEndpoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nodes are given their next keys while each posts once a second. As many as {@code
 * -Dbellgate.nodes} says.
 */
class KeyRotationIT {
  private static final int NODES = Integer.getInteger("bellgate.nodes", 60);
  private static final int OVERLAP_SECONDS = 5;

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
  private final Set<String> accepted = new ConcurrentSkipListSet<>();
  private final Queue<String> lost = new ConcurrentLinkedQueue<>();
  private final Queue<Keyed> all = new ConcurrentLinkedQueue<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger rotated = new AtomicInteger();
  private TwoSites sites;
  private int port;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    port = sites.secure();
    sites.overlap(OVERLAP_SECONDS);
    sites.run();
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
    all.forEach(keyed -> keyed.endpoint.destroy());
    sites.close();
  }

  /** One key of a node, and what speaks under it. */
  private final class Keyed {
    private final byte[] key;
    private final CoapEndpoint endpoint;

    Keyed(String identity, byte[] key) {
      this.key = key;
      try (Secret given = Secret.copyOf(key)) {
        endpoint = NodeEndpoint.dtls(identity, given).coap();
      }
      endpoint.setExecutors(threads, threads);
      all.add(this);
    }

    private CoapClient at(String path) {
      return new CoapClient("coaps://127.0.0.1:" + port + path)
          .setEndpoint(endpoint)
          .setTimeout(TimeUnit.SECONDS.toMillis(30));
    }
  }

  /** Posts a reading each second, and asks for its next key once. */
  private final class Node {
    private final String name;
    private final Keyed first;
    private volatile Keyed now;
    private int sequence;

    Node(String name, byte[] key) {
      this.name = name;
      first = new Keyed(name + "#1", key);
      now = first;
    }

    void post() {
      try {
        reading();
      } catch (RuntimeException broken) {
        lost.add(name + " " + broken);
      }
    }

    private void reading() {
      String id = name + "/" + sequence;
      byte[] payload = ("{\"seq\":" + sequence++ + "}").getBytes(StandardCharsets.UTF_8);
      open.incrementAndGet();
      now.at("/telemetry/" + name + "/pressure")
          .post(
              handler(
                  answer -> {
                    if (answer != null && answer.getCode() == ResponseCode.CHANGED) {
                      accepted.add(id);
                    } else {
                      lost.add(id + " " + answer);
                    }
                  }),
              payload,
              MediaTypeRegistry.APPLICATION_JSON);
    }

    void rotate() {
      byte[] nonce = new byte[8];
      new Random(name.hashCode()).nextBytes(nonce);
      open.incrementAndGet();
      first
          .at("/keys")
          .post(
              handler(answer -> take(answer, nonce)),
              ByteBuffer.allocate(9).put((byte) 1).put(nonce).array(),
              MediaTypeRegistry.APPLICATION_OCTET_STREAM);
    }

    /** As docs/wire-format.md says, by other code than the gateway's. */
    private void take(CoapResponse answer, byte[] nonce) {
      if (answer == null || answer.getCode() != ResponseCode.CHANGED) {
        lost.add(name + " key " + answer);
        return;
      }
      ByteBuffer in = ByteBuffer.wrap(answer.getPayload());
      in.get();
      byte[] own = new byte[8];
      in.get(own);
      int generation = in.getInt();
      String identity = StandardCharsets.US_ASCII.decode(in).toString();
      byte[] label = "bellgate node 1".getBytes(StandardCharsets.US_ASCII);
      byte[] info =
          ByteBuffer.allocate(label.length + 1 + name.length() + 5)
              .put(label)
              .put((byte) name.length())
              .put(name.getBytes(StandardCharsets.US_ASCII))
              .putInt(generation)
              .put((byte) 1)
              .array();
      byte[] salt = ByteBuffer.allocate(16).put(nonce).put(own).array();
      now = new Keyed(identity, hmac(hmac(salt, first.key), info));
      rotated.incrementAndGet();
    }
  }

  private static byte[] hmac(byte[] key, byte[] octets) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(octets);
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Told once, with null if there was no answer. */
  private CoapHandler handler(java.util.function.Consumer<CoapResponse> then) {
    return new CoapHandler() {
      @Override
      public void onLoad(CoapResponse response) {
        then.accept(response);
        open.decrementAndGet();
      }

      @Override
      public void onError() {
        then.accept(null);
        open.decrementAndGet();
      }
    };
  }

  private List<Node> nodes() throws Exception {
    Random random = new Random(20261126);
    StringBuilder csv = new StringBuilder();
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      byte[] key = new byte[32];
      random.nextBytes(key);
      String name = "meter-" + i;
      csv.append(name + "," + name + "#1," + HexFormat.of().formatHex(key) + "\n");
      nodes.add(new Node(name, key));
    }
    Path file = sites.config().resolve("factory.csv");
    Files.writeString(file, csv);
    sites.alice().ask("nodes", "import", file.toString()).expect(0);
    return nodes;
  }

  @Test
  void losesNoExchangeAndAcceptsNothingUnderARetiredKey() throws Exception {
    List<Node> nodes = nodes();
    List<java.util.concurrent.Future<?>> ticks = new ArrayList<>();
    long step = TimeUnit.SECONDS.toMicros(1) / NODES;
    for (int i = 0; i < NODES; i++) {
      Node node = nodes.get(i);
      ticks.add(
          threads.scheduleAtFixedRate(
              node::post, i * step, TimeUnit.SECONDS.toMicros(1), TimeUnit.MICROSECONDS));
      threads.schedule(
          node::rotate, TimeUnit.SECONDS.toMicros(4) + 6 * i * step, TimeUnit.MICROSECONDS);
    }
    Await.until(
        () -> "all have their next key: " + rotated + " lost=" + lost,
        Gateway.HANG,
        () -> rotated.get() == NODES || !lost.isEmpty());
    TimeUnit.SECONDS.sleep(3);
    ticks.forEach(tick -> tick.cancel(false));
    Await.until(() -> "answered: " + open, Gateway.HANG, () -> open.get() == 0);
    assertEquals(List.of(), List.copyOf(lost));
    assertTrue(accepted.size() >= 10 * NODES, () -> "accepted=" + accepted.size());
    TimeUnit.SECONDS.sleep(OVERLAP_SECONDS + 1);
    for (Node node : nodes.subList(0, Math.min(20, NODES))) {
      CoapResponse late =
          node.first
              .at("/telemetry/" + node.name + "/pressure")
              .post("{\"seq\":100000}", MediaTypeRegistry.APPLICATION_JSON);
      assertEquals(ResponseCode.FORBIDDEN, late.getCode(), node.name);
    }
    assertEquals(NODES, sites.alice().status("coap").getInt("keysRotated"));
    new Delivered(sites.bob().north()).awaitExactlyOnce(accepted, Gateway.HANG);
    System.out.println("rotated=" + rotated + " accepted=" + accepted.size() + " lost=0");
  }
}
