package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.message.Intake;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.coap.node.sessions.SealedSessions;
import io.bellgate.journal.Disk;
import io.bellgate.oscore.Aead;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedMultiPskStore;

/**
 * What a reading costs the server in CPU time, beside bare Californium and Scandium with the same
 * settings; the nodes run in another process: {@code java -cp ... NodeCost}. Not a test.
 */
final class NodeCost {
  static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final int WINDOWS = 10;
  private static final int ROUNDS = 9;
  private static final Set<String> PARTS =
      new TreeSet<>(Set.of("requests", "handshakes", "flat", "heap"));

  private final int requests;
  private final int nodes;
  private final BufferedReader answers;
  private final PrintStream orders;
  private final Path folder;
  private final NodeKeys keys;
  private final Map<Integer, Endpoint> endpoints = new HashMap<>();

  private NodeCost(int requests, int nodes, Process child) throws IOException {
    this.requests = requests;
    this.nodes = nodes;
    answers = new BufferedReader(new InputStreamReader(child.getInputStream()));
    orders = new PrintStream(child.getOutputStream(), true);
    folder = Files.createTempDirectory("node-cost");
    keys = new NodeKeys(folder.resolve("nodes.csv"));
    keys.change(
        all -> {
          for (int i = 0; i < nodes; i++) {
            all.put("n" + i + "#1", new NodeKey("n" + i, "n" + i + "#1", Secret.copyOf(KEY)));
          }
          return true;
        });
  }

  public static void main(String[] arguments) throws Exception {
    int requests = 100_000;
    int nodes = 1_000;
    Set<String> parts = PARTS;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--load" -> {
          NodeCostLoad.main();
          return;
        }
        case "--requests" -> requests = Integer.parseInt(arguments[++i]);
        case "--nodes" -> nodes = Integer.parseInt(arguments[++i]);
        case "--only" -> parts = Set.of(arguments[++i].split(","));
        default -> {
          System.out.println(
              "NodeCost [--requests N] [--nodes N, 64 to 10000] [--only " + PARTS + "]");
          return;
        }
      }
    }
    if (!PARTS.containsAll(parts)) {
      throw new IllegalArgumentException("parts are " + PARTS + ", not " + parts);
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                NodeCost.class.getName(),
                "--load")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      new NodeCost(requests, nodes, child).run(parts);
    } finally {
      child.destroyForcibly();
    }
    System.exit(0);
  }

  private void run(Set<String> parts) throws Exception {
    int barePlain = bare(false);
    int plainPort = endpoint(false, Optional.empty());
    int bareDtls = bare(true);
    int dtls = endpoint(true, Optional.empty());
    int oscore = endpoint(false, Optional.of(Aead.AES_CCM_16_64_256));
    if (parts.contains("requests")) {
      int oscore128 = endpoint(false, Optional.of(Aead.AES_CCM_16_64_128));
      cost("plain", barePlain, requests); // all are warm before the first is measured
      cost("plain", plainPort, requests);
      cost("dtls", bareDtls, requests);
      cost("dtls", dtls, requests);
      cost("oscore256", oscore, requests);
      cost("oscore128", oscore128, requests);
      System.out.printf("%-28s %10s %12s%n", "operation", "CPU us/op", "above bare us");
      double plain = row("plain, bare", "plain", barePlain, 0);
      row("plain, endpoint", "plain", plainPort, plain);
      double bareDtlsCost = row("DTLS, bare", "dtls", bareDtls, 0);
      row("DTLS, endpoint", "dtls", dtls, bareDtlsCost);
      row("OSCORE 256, endpoint", "oscore256", oscore, plain);
      row("OSCORE 128, endpoint", "oscore128", oscore128, plain);
    }
    if (parts.contains("handshakes")) {
      handshakes();
    }
    if (parts.contains("flat")) {
      cost("oscore256", oscore, requests / 2); // warm
      System.out.printf("OSCORE 256 in ten windows of %d, us/op:", requests / WINDOWS);
      for (int window = 0; window < WINDOWS; window++) {
        System.out.printf(" %.1f", cost("oscore256", oscore, requests / WINDOWS));
      }
      System.out.println();
    }
    if (parts.contains("heap")) {
      heap("dtlsnew", endpoint(true, Optional.empty()));
      heap("oscorenew", endpoint(false, Optional.of(Aead.AES_CCM_16_64_256)));
    }
  }

  /**
   * A handshake of every node and one reading of it, at both in turns. Scandium makes no more than
   * 10,000 in 135 s, so those that warm and those that are measured have servers of their own.
   */
  private void handshakes() throws Exception {
    double[] above = {};
    double[] noting = new double[ROUNDS];
    for (boolean warm : new boolean[] {false, false, true}) {
      int bare = bare(true);
      int port = endpoint(true, Optional.empty());
      Endpoint endpoint = endpoints.get(port);
      above = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        double theirs = cost("dtlsnew", bare, nodes);
        double ours = cost("dtlsnew", port, nodes);
        long begin = cpuNanos();
        endpoint.noteSessions();
        noting[round] = (cpuNanos() - begin) / 1e3 / nodes;
        above[round] = ours - theirs;
        System.out.printf(
            "a handshake and a reading%s, us: bare (%d) %.1f, endpoint (%d) %.1f%n",
            warm ? "" : " (warming)", bare, theirs, port, ours);
      }
    }
    Arrays.sort(above);
    Arrays.sort(noting);
    System.out.printf("above bare, median of %d rounds: %.1f us%n", ROUNDS, above[ROUNDS / 2]);
    System.out.printf(
        "to note a session for a start after a power cut, later, median: %.1f us%n",
        noting[ROUNDS / 2]);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private double row(String label, String kind, int port, double bare) throws IOException {
    double cost = cost(kind, port, requests);
    String above = bare == 0 ? "-" : String.format("%.1f", cost - bare);
    System.out.printf("%-28s %10.1f %12s%n", label, cost, above);
    return cost;
  }

  private void heap(String kind, int port) throws IOException {
    cost(kind, port, nodes / 5);
    long before = live();
    cost(kind + " " + nodes / 5, port, nodes - nodes / 5);
    System.out.printf(
        "live heap of %s, octets a node: %d%n", kind, (live() - before) / (nodes - nodes / 5));
  }

  private static long live() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private double cost(String kind, int port, int count) throws IOException {
    System.gc(); // a collection is a part of whatever it falls into: with -Xmn600m in none
    long begin = cpuNanos();
    orders.println(port + " " + count + " " + kind);
    String answer = answers.readLine();
    if (Integer.parseInt(answer) * 1_000 > count) { // the load says which on its error output
      throw new IOException("requests failed: " + answer + " of " + kind + " at port " + port);
    }
    return (cpuNanos() - begin) / 1e3 / count;
  }

  private static DatagramSocket socket() throws IOException {
    return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** Bare Californium keeps every exchange for 247 s, unless it is told how many of a peer. */
  private static Configuration bareConfiguration() {
    return Endpoint.configuration()
        .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
        .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, 16);
  }

  private int endpoint(boolean secure, Optional<Aead> aead) throws Exception {
    DatagramSocket plain = socket();
    DatagramSocket dtls = socket();
    Optional<NodeContexts> contexts =
        aead.map(
            a ->
                new NodeContexts(
                    keys, a, folder.resolve("epoch"), InstantSource.system(), new byte[0]));
    SeededBits bits = new SeededBits(1);
    SealedSessions sealed =
        new SealedSessions(
            Disk.FILES,
            folder.resolve("sealed-" + dtls.getLocalPort()),
            keys,
            InstantSource.system());
    Endpoint made =
        new Endpoint(
            plain,
            secure
                ? Optional.of(new Endpoint.Secure(dtls, false, new byte[0], Optional.of(sealed)))
                : Optional.empty(),
            contexts,
            keys,
            new NodeProfiles(folder.resolve("profiles.csv")),
            () -> message -> CompletableFuture.completedFuture(new Intake.Acceptance.Accepted()),
            new Renewal(() -> bits, () -> null, () -> null, SomeRules.waiting()),
            Map.of(),
            new Nodes(),
            new NodeResources(),
            InstantSource.system());
    int port = (secure ? dtls : plain).getLocalPort();
    endpoints.put(port, made);
    return port;
  }

  private int bare(boolean secure) throws Exception {
    var configuration = bareConfiguration();
    CoapServer server = new CoapServer(configuration);
    CoapEndpoint.Builder builder = CoapEndpoint.builder().setConfiguration(configuration);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    if (secure) {
      DtlsConfig.register();
      AdvancedMultiPskStore store = new AdvancedMultiPskStore();
      for (int i = 0; i < nodes; i++) {
        store.setKey("n" + i + "#1", KEY);
      }
      builder.setConnector(
          new DTLSConnector(
              DtlsConnectorConfig.builder(configuration)
                  .setAddress(address)
                  .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.SERVER_ONLY)
                  .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
                  .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
                  .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 6)
                  .set(DtlsConfig.DTLS_SERVER_USE_SESSION_ID, false)
                  .set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true)
                  .set(DtlsConfig.DTLS_REMOVE_STALE_DOUBLE_PRINCIPALS, true)
                  .set(DtlsConfig.DTLS_MAX_CONNECTIONS, 100_000) // it keeps what it made
                  .set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1)
                  .set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 1)
                  .setAdvancedPskStore(store)
                  .build()));
    } else {
      builder.setInetSocketAddress(address);
    }
    CoapEndpoint made = builder.build();
    server.addEndpoint(made);
    server.add(
        new CoapResource("telemetry") {
          @Override
          public Resource getChild(String name) {
            return this;
          }

          @Override
          public void handlePOST(CoapExchange exchange) {
            exchange.respond(ResponseCode.CHANGED);
          }
        });
    server.start();
    return made.getAddress().getPort();
  }
}
