package io.bellgate.coap.node;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.message.Message;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.api.node.NodeResource;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.coap.node.sessions.SealedSessions;
import io.bellgate.journal.Disk;
import io.bellgate.nodeline.GatewayContext;
import io.bellgate.oscore.Aead;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;

/**
 * An endpoint with two sockets that serves one resource, {@code /board}, and can be replaced; nodes
 * that have keys, and clients for them.
 */
final class ServingSite implements AutoCloseable {
  static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes(StandardCharsets.UTF_8);
  static final long HANG_MILLIS = 20_000;

  /** What is on the board for every node, and who asked. */
  static final class Board implements NodeResource {
    /** Ways to give no answer that could be passed on. */
    static final List<Function<Ask, CompletionStage<Answer>>> FAILING =
        List.of(
            ask -> CompletableFuture.failedFuture(new IllegalStateException("no")),
            ask -> {
              throw new IllegalStateException("no");
            },
            ask -> {
              throw new NoClassDefFoundError("of a bundle that is refreshed");
            },
            ask -> null,
            ask -> CompletableFuture.completedFuture(null),
            ask -> says("x".repeat(Message.MAX_PAYLOAD_OCTETS + 1)),
            ask ->
                CompletableFuture.completedFuture(
                    new Answer(
                        Answer.Code.CONTENT,
                        OptionalInt.of(70_000),
                        new byte[] {1},
                        new byte[0],
                        1)));

    final List<Ask> asked = new CopyOnWriteArrayList<>();
    volatile Function<Ask, CompletionStage<Answer>> answering = ask -> says("nothing");

    @Override
    public CompletionStage<Answer> ask(Ask ask) {
      asked.add(ask);
      return answering.apply(ask);
    }

    /** From now on a text, under an entity tag of its own. */
    void say(String text) {
      answering = ask -> says(text);
    }

    static CompletionStage<Answer> says(String text) {
      return CompletableFuture.completedFuture(content(text));
    }

    static Answer content(String text) {
      byte[] octets = text.getBytes(StandardCharsets.UTF_8);
      byte[] tag = Integer.toHexString(text.hashCode()).getBytes(StandardCharsets.US_ASCII);
      return new Answer(Answer.Code.CONTENT, OptionalInt.of(0), octets, tag, 90);
    }
  }

  final Path folder;
  private final Aead aead;
  final Board board = new Board();
  final NodeResources resources = new NodeResources();
  final AtomicLong laterSeconds = new AtomicLong();
  final Nodes nodes = new Nodes();
  final NodeKeys keys;
  final DatagramSocket plain;
  final DatagramSocket secure;
  private final InstantSource clock =
      () -> InstantSource.system().instant().plusSeconds(laterSeconds.get());
  private final List<CoapEndpoint> clients = new ArrayList<>();
  private final SeededBits bits = new SeededBits(7641);
  private Optional<SealedSessions> sealed = Optional.empty();
  Endpoint endpoint;

  /** Where clients find the socket with DTLS. */
  int securePort;

  /** Where n1 and n2 have keys. */
  ServingSite(Path folder) throws Exception {
    this(folder, Aead.AES_CCM_16_64_256);
  }

  ServingSite(Path folder, Aead aead) throws Exception {
    this.folder = folder;
    this.aead = aead;
    keys = new NodeKeys(folder.resolve("nodes.csv"), clock);
    keys.change(
        all -> {
          all.put("n1#1", new NodeKey("n1", "n1#1", Secret.copyOf(KEY)));
          all.put("n2#1", new NodeKey("n2", "n2#1", Secret.copyOf(KEY)));
          return true;
        });
    plain = new LentSocket();
    secure = new LentSocket();
    securePort = secure.getLocalPort();
    resources.add(board, named("board", 1));
    open();
  }

  /** The same, which notes sessions for a start after a power cut. */
  static ServingSite noting(Path folder) throws Exception {
    ServingSite site = new ServingSite(folder);
    site.endpoint.close(Duration.ofSeconds(5));
    site.reopen(Disk.FILES);
    return site;
  }

  /** Properties of a service. */
  static Map<String, Object> named(String name, long id) {
    return Map.of(NodeResource.NAME, name, "service.id", id);
  }

  /** Opens an endpoint with what {@link #nodes} holds. */
  void open() {
    endpoint =
        new Endpoint(
            plain,
            Optional.of(new Endpoint.Secure(secure, false, nodes.connections(), sealed)),
            Optional.of(
                new NodeContexts(
                    keys, aead, folder.resolve("oscore-epoch"), clock, nodes.contexts())),
            keys,
            new NodeProfiles(folder.resolve("profiles.csv")),
            () -> null,
            new Renewal(() -> bits, () -> null, () -> null, SomeRules.waiting()),
            Map.of(),
            nodes,
            resources,
            clock);
  }

  /** Another endpoint takes the place of this one, and what it knew is lost but for a disk. */
  void powerCut(Disk.Folder disk) throws Exception {
    byte[] observations = endpoint.survivors(new byte[0]).observations();
    endpoint.close(Duration.ofSeconds(5));
    nodes.connections(new byte[0]);
    nodes.contexts(new byte[0]);
    nodes.observations(observations);
    nodes.exchanges(new byte[0], new byte[0]);
    reopen(disk);
  }

  /** Notes sessions from now on, and begins with those that are noted. */
  void reopen(Disk.Folder disk) throws Exception {
    if (sealed.isPresent()) {
      sealed.get().close();
    }
    sealed = Optional.of(new SealedSessions(disk, folder.resolve("coap-sealed"), keys, clock));
    open();
  }

  /** Another endpoint takes the place of this one, with its state. */
  void swap() {
    if (!stop()) {
      throw new AssertionError("requests stayed unanswered");
    }
    open();
  }

  /** Closes the endpoint and keeps its state. */
  boolean stop() {
    boolean answered = endpoint.close(Duration.ofSeconds(5));
    nodes.connections(endpoint.connections());
    nodes.contexts(endpoint.contexts());
    nodes.observations(endpoint.observations());
    nodes.exchanges(endpoint.exchanges(), endpoint.secureExchanges());
    return answered;
  }

  /** A client that speaks DTLS under the first key of a node. */
  CoapEndpoint dtls(String node) throws Exception {
    DtlsConnectorConfig config =
        DtlsConnectorConfig.builder(Configuration.createStandardWithoutFile())
            .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
            .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
            .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
            .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
            .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, 300, TimeUnit.MILLISECONDS)
            .setAdvancedPskStore(
                new AdvancedSinglePskStore(node + "#1", new SecretKeySpec(KEY, "PSK")))
            .build();
    CoapEndpoint made = CoapEndpoint.builder().setConnector(new DTLSConnector(config)).build();
    made.start();
    clients.add(made);
    return made;
  }

  /** A client that speaks OSCORE under the first key of a node. */
  CoapEndpoint oscore(String node) throws Exception {
    return oscore(node, 1);
  }

  /** A client that speaks OSCORE under a key of a node. */
  CoapEndpoint oscore(String node, int generation) throws Exception {
    CoapEndpoint made = OscoreNode.start(node + "#" + generation, KEY, aead);
    clients.add(made);
    return made;
  }

  /** A client that speaks OSCORE under what is the present key. */
  CoapEndpoint oscore(GatewayContext context) throws Exception {
    CoapEndpoint made = OscoreNode.start(context);
    clients.add(made);
    return made;
  }

  /** A request of a client to a path, by its transport. */
  Request request(CoapEndpoint client, Code code, String path) {
    boolean dtls = client.getUri().getScheme().equals("coaps");
    Request request = new Request(code);
    request.setURI(
        dtls
            ? "coaps://127.0.0.1:" + securePort + path
            : "coap://127.0.0.1:" + plain.getLocalPort() + path);
    if (!dtls) {
      request.getOptions().setOscore(new byte[0]);
    }
    return request;
  }

  Response ask(CoapEndpoint client, Request request) throws Exception {
    client.sendRequest(request);
    Response response = request.waitForResponse(HANG_MILLIS);
    if (response == null) {
      throw new AssertionError("no answer: " + request.getSendError());
    }
    return response;
  }

  Response get(CoapEndpoint client, String path) throws Exception {
    return ask(client, request(client, Code.GET, path));
  }

  @Override
  public void close() {
    clients.forEach(CoapEndpoint::destroy);
    endpoint.close(Duration.ofSeconds(2));
  }
}
