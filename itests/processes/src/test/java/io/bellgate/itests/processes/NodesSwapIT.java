package io.bellgate.itests.processes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.itests.traffic.Await;
import io.bellgate.itests.traffic.Delivered;
import io.bellgate.nodeline.GatewayContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.NodeStackFactory;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.eclipse.californium.scandium.dtls.SessionAdapter;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes under DTLS, under OSCORE and without protection post on, one of each kind bodies of 250
 * blocks and two of them observers of their commands, while the endpoint is swapped under them, and
 * go on after a restart of the gateway. {@code -Dbellgate.swap.scale=10 -Dtests.heap=3g}: 200, 50
 * and 50 of them; {@code -Dbellgate.swap.count=100}: so many swaps. Beside them a probe posts in an
 * open loop: the longest time between two answers to it around a swap is the silence.
 */
class NodesSwapIT {
  private static final int SCALE = Integer.getInteger("bellgate.swap.scale", 1);
  private static final int DTLS = 20 * SCALE;
  private static final int OSCORE = 5 * SCALE;
  private static final int PLAIN = 5 * SCALE;
  private static final int SWAPS = Integer.getInteger("bellgate.swap.count", 10);
  private static final int PROBE_MILLIS = 10;
  private static final int EVERY_MILLIS = 500;
  private static final int BODY_OCTETS = 16_000;
  private static final int BLOCK_OCTETS = 64;
  private static final long LINK_NANOS = 4_000_000;

  static {
    CoapConfig.register();
    UdpConfig.register();
  }

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
  private final ScheduledExecutorService slow = Executors.newScheduledThreadPool(3);
  private final ScheduledExecutorService posts = Executors.newScheduledThreadPool(1);
  private final AtomicInteger handshakes = new AtomicInteger();
  private final Set<String> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger oscoreExchanges = new AtomicInteger();
  private final Set<String> oscoreRequests = ConcurrentHashMap.newKeySet();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Queue<String> lost = new ConcurrentLinkedQueue<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> observing = ConcurrentHashMap.newKeySet();
  private final Queue<Long> probed = new ConcurrentLinkedQueue<>();
  private final Set<String> commandsDone = ConcurrentHashMap.newKeySet();
  @TempDir Path folder;
  private TwoSites sites;
  private int port;

  @BeforeEach
  void start() throws Exception {
    sites = TwoSites.make();
    port = sites.secure();
    sites.run();
  }

  @AfterEach
  void end() {
    posts.shutdownNow();
    threads.shutdownNow();
    slow.shutdownNow();
    nodes.forEach(node -> node.endpoint.destroy());
    sites.close();
  }

  /** Posts a reading each half second. */
  private final class Node {
    private final String name;
    private final CoapEndpoint endpoint;
    private final String to;
    private final Type type;
    private final boolean oscore;
    private final String filling;
    private int sequence;
    private Runnable answered = () -> {};

    Node(String name, CoapEndpoint endpoint, String to, Type type, boolean oscore, boolean bodies)
        throws IOException {
      this.name = name;
      this.endpoint = endpoint;
      this.to = to + "/telemetry/" + name + "/pressure";
      this.type = type;
      this.oscore = oscore;
      this.filling = "x".repeat(bodies ? BODY_OCTETS : 0);
      if (bodies) {
        endpoint.setExecutors(slow, slow);
        endpoint.addInterceptor(new SlowLink());
      } else {
        endpoint.setExecutors(threads, threads);
      }
      endpoint.start();
      nodes.add(this);
    }

    /** Whether the next body begins when one has ended. */
    private boolean endless() {
      return !filling.isEmpty() && !posts.isShutdown();
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
      Request request = new Request(Code.POST, type);
      request.setURI(to);
      request.setPayload("{\"seq\":" + sequence++ + ",\"x\":\"" + filling + "\"}");
      request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_JSON);
      if (oscore) {
        request.getOptions().setOscore(new byte[0]);
      }
      if (oscore && filling.isEmpty()) {
        oscoreExchanges.incrementAndGet();
      }
      open.add(id);
      request.addMessageObserver(
          new MessageObserverAdapter() {
            @Override
            public void onResponse(Response response) {
              done(response.getCode() == ResponseCode.CHANGED, response.getCode().text);
            }

            @Override
            protected void failed() {
              done(false, "no answer " + request.getSendError());
            }

            private void done(boolean well, String what) {
              if (well) {
                accepted.add(id);
                answered.run();
              } else {
                lost.add(id + " " + what);
              }
              open.remove(id);
              if (well && endless()) {
                slow.execute(Node.this::post);
              }
            }
          });
      endpoint.sendRequest(request);
    }
  }

  /** Holds up each answer, so that a body takes longer than a swap, and message IDs last. */
  private static final class SlowLink extends MessageInterceptorAdapter {
    @Override
    public void receiveResponse(Response response) {
      LockSupport.parkNanos(LINK_NANOS);
    }
  }

  /** Observes its commands by one request, and answers each. */
  private final class Observer {
    private final Node node;
    private int latest = -1;

    Observer(Node node) {
      this.node = node;
      Request get = request(Code.GET, "");
      get.setObserve();
      get.addMessageObserver(
          new MessageObserverAdapter() {
            @Override
            public void onResponse(Response response) {
              heard(response);
            }

            @Override
            protected void failed() {
              lost.add(node.name + " observes in vain: " + get.getSendError());
            }
          });
      node.endpoint.addNotificationListener((request, notification) -> heard(notification));
      node.endpoint.sendRequest(get);
    }

    private Request request(Code code, String number) {
      Request request = new Request(code, Type.CON);
      request.setURI(node.to.replace("/telemetry/", "/commands/").replace("/pressure", number));
      if (node.oscore) {
        request.getOptions().setOscore(new byte[0]);
        oscoreExchanges.incrementAndGet();
      }
      return request;
    }

    private void heard(Response response) {
      Integer number = response.getOptions().getObserve();
      if (number == null || !node.oscore && number < latest) {
        lost.add(
            node.name
                + " heard out of order: "
                + number
                + " after "
                + latest
                + " "
                + response.getCode()
                + " "
                + response.getPayloadString());
      } else {
        latest = number;
      }
      observing.add(node.name);
      if (response.getCode() == ResponseCode.CONTENT) {
        try (JsonReader reader = Json.createReader(new StringReader(response.getPayloadString()))) {
          JsonObject command = reader.readObject();
          if (command.containsKey("number")) {
            answer(command.getJsonNumber("number").longValue(), command.getString("text"));
          }
        }
      }
    }

    private void answer(long number, String text) {
      Request post = request(Code.POST, "/" + number);
      post.setPayload("ok");
      post.addMessageObserver(
          new MessageObserverAdapter() {
            @Override
            public void onResponse(Response response) {
              if (response.getCode() == ResponseCode.CHANGED) {
                commandsDone.add(node.name + " " + text);
              } else {
                lost.add(node.name + " answers a command: " + response.getCode());
              }
            }
          });
      node.endpoint.sendRequest(post);
    }
  }

  private static Configuration configuration(boolean bodies) {
    Configuration configuration = Configuration.createStandardWithoutFile();
    if (bodies) {
      configuration
          .set(CoapConfig.MAX_MESSAGE_SIZE, BLOCK_OCTETS)
          .set(CoapConfig.PREFERRED_BLOCK_SIZE, BLOCK_OCTETS);
    }
    return configuration
        .set(CoapConfig.MAX_RETRANSMIT, 4)
        .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
  }

  private CoapEndpoint dtls(String identity, byte[] key, boolean bodies) {
    DtlsConnectorConfig config =
        DtlsConnectorConfig.builder(configuration(bodies))
            .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
            .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
            .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
            .set(DtlsConfig.DTLS_MAX_CONNECTIONS, 2)
            .setAdvancedPskStore(
                new AdvancedSinglePskStore(identity, new SecretKeySpec(key, "PSK")))
            .setSessionListener(
                new SessionAdapter() {
                  @Override
                  public void handshakeStarted(Handshaker handshaker) {
                    handshakes.incrementAndGet();
                  }
                })
            .build();
    return CoapEndpoint.builder()
        .setConfiguration(configuration(bodies))
        .setConnector(new DTLSConnector(config))
        .build();
  }

  private CoapEndpoint oscore(String identity, byte[] key, boolean bodies) {
    AtomicLong sequence = new AtomicLong();
    GatewayContext context;
    try (Secret root = Secret.copyOf(key)) {
      context =
          GatewayContext.of(identity, root, Aead.AES_CCM_16_64_256, sequence::getAndIncrement);
    }
    CoapEndpoint endpoint = plain(NodeStackFactory.oscore(context, Optional::empty), bodies);
    if (bodies) {
      return endpoint; // its requests are many to an exchange
    }
    endpoint.addInterceptor(
        new MessageInterceptorAdapter() {
          @Override
          public void sendRequest(Request request) {
            oscoreRequests.add(identity + " " + request.getMID());
          }

          @Override
          public void receiveResponse(Response response) {
            if (!response.getOptions().hasOscore()) {
              lost.add(identity + " answered without OSCORE: " + response.getCode());
            }
          }
        });
    return endpoint;
  }

  private static CoapEndpoint plain(NodeStackFactory stack, boolean bodies) {
    CoapEndpoint.Builder builder =
        CoapEndpoint.builder()
            .setConfiguration(configuration(bodies))
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    if (stack != null) {
      builder.setCoapStackFactory(stack);
    }
    return builder.build();
  }

  private void deploy() throws Exception {
    String secured = "coaps://127.0.0.1:" + port;
    String bare = "coap://127.0.0.1:" + sites.coap();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < DTLS + OSCORE; i++) {
      String name = (i < DTLS ? "dtls-" : "oscore-") + i;
      byte[] key = new byte[32];
      key[0] = (byte) i;
      key[1] = (byte) (i >> 8);
      lines.append(name + "," + name + "#1," + HexFormat.of().formatHex(key) + "\n");
      if (i < DTLS) {
        boolean bodies = i == 0;
        new Node(name, dtls(name + "#1", key, bodies), secured, Type.CON, false, bodies);
      } else {
        boolean bodies = i == DTLS;
        new Node(name, oscore(name + "#1", key, bodies), bare, Type.CON, true, bodies);
      }
    }
    for (int i = 0; i < PLAIN; i++) {
      boolean bodies = i == 0;
      new Node(
          "plain-" + i, plain(null, bodies), bare, bodies ? Type.CON : Type.NON, false, bodies);
    }
    Path file = folder.resolve("factory.csv");
    Files.write(file, lines.toString().getBytes(StandardCharsets.UTF_8));
    sites.alice().command("nodes", "import", file.toString()).expect(0);
    int number = 0;
    for (Node node : nodes) {
      long begin = (long) EVERY_MILLIS * 4 * number++ / nodes.size();
      if (node.endless()) {
        slow.execute(node::post);
      } else {
        posts.scheduleAtFixedRate(node::post, begin, EVERY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Posts each 10 ms, whether it is answered or not. */
  private void probe() throws Exception {
    String bare = "coap://127.0.0.1:" + sites.coap();
    Node probe = new Node("probe", plain(null, false), bare, Type.CON, false, false);
    probe.answered = () -> probed.add(System.nanoTime());
    posts.scheduleAtFixedRate(probe::post, 0, PROBE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The longest time between two answers, one of which came after the given one. */
  private double silenceMillisSince(long nanos) {
    long longest = 0;
    long before = 0;
    for (long at : probed) {
      if (before != 0 && at > nanos) {
        longest = Math.max(longest, at - before);
      }
      before = at;
    }
    return longest / 1e6;
  }

  private static String spread(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(d -> d).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "p50 %.1f p99 %.1f max %.1f",
        sorted[sorted.length / 2],
        sorted[(int) Math.ceil(0.99 * sorted.length) - 1],
        sorted[sorted.length - 1]);
  }

  private void awaitAnother(int readings) throws Exception {
    int wanted = accepted.size() + readings;
    Await.until(
        () -> "readings: wanted=" + wanted + " are=" + accepted.size(),
        Gateway.HANG,
        () -> {
          assertEquals(List.of(), List.copyOf(lost));
          return accepted.size() >= wanted;
        });
  }

  private void awaitEnd() throws Exception {
    Await.until(
        () -> "exchanges that have no end: " + open + " lost: " + lost,
        Gateway.HANG,
        open::isEmpty);
    assertEquals(List.of(), List.copyOf(lost));
  }

  /** The second node of each kind that has keys: commands are for nobody else. */
  private List<Node> observe() throws Exception {
    List<Node> observers = List.of(nodes.get(1), nodes.get(DTLS + 1));
    observers.forEach(Observer::new);
    Await.until(
        () -> "observers are " + observing,
        Gateway.HANG,
        () -> observing.size() == observers.size());
    return observers;
  }

  private int transfersTakenOver() throws Exception {
    return sites.alice().status("coap").getInt("transfersTakenOver");
  }

  @Test
  void loseNoExchangeShakeHandsOnceAndAreChallengedOnce() throws Exception {
    deploy();
    int transfers = 0;
    awaitAnother(4 * nodes.size());
    List<Double> quiet = new ArrayList<>();
    List<Double> silences = new ArrayList<>();
    List<Double> gaps = new ArrayList<>();
    List<Node> observers = observe();
    probe(); // not before all others have spoken
    Set<String> commands = new HashSet<>();
    for (int i = 1; i <= SWAPS; i++) {
      Path next = NextVersion.of("coap.node", "0.1." + i, folder);
      for (Node observer : observers) {
        String text = "step-" + i;
        commands.add(observer.name + " " + text);
        sites.bob().ask("commands", "send", observer.name, "valve", text).expect(0);
      }
      probed.clear();
      TimeUnit.SECONDS.sleep(1);
      long begin = System.nanoTime();
      quiet.add(silenceMillisSince(0));
      JsonObject report = sites.alice().command("swap", next.toString(), "--json").expect(0).json();
      assertEquals("0.1." + i, report.getString("after"));
      gaps.add(report.getJsonNumber("gapMillis").doubleValue());
      transfers += transfersTakenOver();
      awaitAnother(nodes.size());
      silences.add(silenceMillisSince(begin));
    }
    Await.until(
        () -> "commands done: " + commandsDone, Gateway.HANG, () -> commandsDone.equals(commands));
    posts.shutdownNow(); // no more readings begin by themselves
    awaitEnd();
    sites.alice().stop();
    sites.alice().start().awaitReady();
    nodes.forEach(Node::post);
    awaitEnd();
    assertEquals(DTLS, handshakes.get(), "one for each node");
    assertEquals(
        OSCORE - 1, oscoreRequests.size() - oscoreExchanges.get(), "one challenge for each node");
    assertTrue(transfers >= SWAPS, "bodies that were under way: " + transfers);
    new Delivered(sites.bob().north()).awaitExactlyOnce(accepted, Gateway.HANG);
    System.out.println(
        "swaps="
            + SWAPS
            + " nodes="
            + nodes.size()
            + " exchanges="
            + accepted.size()
            + " bodies under way="
            + transfers
            + " commands to observers="
            + commands.size()
            + " lost=0\nsilence around a swap, ms: "
            + spread(silences)
            + "; gap of the engine: "
            + spread(gaps)
            + "; in a second before it: "
            + spread(quiet));
  }
}
