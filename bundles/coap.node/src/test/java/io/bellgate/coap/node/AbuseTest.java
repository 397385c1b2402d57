package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.nodeline.GatewayContext;
import io.bellgate.oscore.Aead;
import io.bellgate.oscore.NodeStackFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An endpoint that is sent what no node sends; three good nodes are served all the same. */
class AbuseTest {
  private static final long SEED = 20261126;
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final int HANG_MILLIS = 20_000;
  private static final int BURST = 64; // fits the receive buffer of the kernel
  private static final int PING = 0x4000;
  private static final int CHANGED = 0x44;
  private static final int UNAUTHORIZED = 0x81;

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final UdpDataSerializer serializer = new UdpDataSerializer();
  private final AtomicInteger fromPump = new AtomicInteger();
  private final AtomicInteger fromN1 = new AtomicInteger();
  private final Queue<Throwable> escaped = new ConcurrentLinkedQueue<>();
  private final List<CoapEndpoint> nodes = new ArrayList<>();
  private final List<DatagramSocket> strangers = new ArrayList<>();
  private Thread.UncaughtExceptionHandler before;
  private DatagramSocket plain;
  private DatagramSocket secure;
  private Endpoint endpoint;
  private Wire plainWire;
  private Wire secureWire;
  private CoapEndpoint bare;
  private CoapEndpoint oscore;
  private CoapEndpoint dtls;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private int sequence;
  private int messageId;

  @BeforeEach
  void open() throws Exception {
    System.out.println("seed=" + SEED);
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> escaped.add(e));
    Path file = folder.resolve("nodes.csv");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    String hex = HexFormat.of().formatHex(KEY);
    Files.writeString(file, "pump,pump#1," + hex + "\nn1,n1#1," + hex + "\n");
    NodeKeys keys = new NodeKeys(file);
    plain = new LentSocket();
    secure = new LentSocket();
    SeededBits bits = new SeededBits(SEED);
    endpoint =
        new Endpoint(
            plain,
            Optional.of(new Endpoint.Secure(secure, new byte[0])),
            Optional.of(
                new NodeContexts(
                    keys,
                    Aead.AES_CCM_16_64_256,
                    folder.resolve("oscore-epoch"),
                    InstantSource.system(),
                    new byte[0])),
            keys,
            new NodeProfiles(folder.resolve("profiles.csv")),
            () -> this::take,
            new Renewal(() -> bits, () -> null, () -> null, SomeRules.waiting()),
            Map.of(),
            new Nodes(),
            new NodeResources(),
            InstantSource.system());
    plainWire = new Wire(plain.getLocalPort());
    secureWire = new Wire(secure.getLocalPort());
    for (int i = 0; i < 32; i++) {
      strangers.add(stranger(i));
    }
    bare = start(CoapEndpoint.builder().setConfiguration(new Configuration()));
    oscore =
        start(
            CoapEndpoint.builder()
                .setConfiguration(new Configuration())
                .setCoapStackFactory(NodeStackFactory.oscore(context(), Optional::empty)));
    dtls = start(CoapEndpoint.builder().setConnector(new DTLSConnector(dtlsConfig("n1#1"))));
    served();
  }

  @AfterEach
  void end() throws Exception {
    try {
      served();
      assertEquals(List.of(), List.copyOf(escaped), "exceptions that ended a thread");
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
      nodes.forEach(CoapEndpoint::destroy);
      strangers.forEach(DatagramSocket::close);
      plainWire.close();
      secureWire.close();
      endpoint.close(Duration.ofSeconds(2));
    }
  }

  private CompletableFuture<Intake.Acceptance> take(Message message) {
    switch (message.id().node()) {
      case "pump" -> fromPump.incrementAndGet();
      case "n1" -> fromN1.incrementAndGet();
      case "slow" -> awaitGate();
      default -> {}
    }
    return CompletableFuture.completedFuture(new Intake.Acceptance.Accepted());
  }

  private void awaitGate() {
    try {
      gate.await(HANG_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A socket with an address of its own. */
  private static DatagramSocket stranger(int number) throws Exception {
    byte[] address = {127, (byte) (1 + number / 60_000), (byte) (number / 250), 0};
    address[3] = (byte) (1 + number % 250);
    DatagramSocket made =
        new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(address), 0));
    made.setSoTimeout(500);
    return made;
  }

  private CoapEndpoint start(CoapEndpoint.Builder builder) throws Exception {
    CoapEndpoint made = builder.build();
    made.start();
    nodes.add(made);
    return made;
  }

  private static GatewayContext context() {
    AtomicLong numbers = new AtomicLong();
    try (Secret root = Secret.copyOf(KEY)) {
      return GatewayContext.of("pump#1", root, Aead.AES_CCM_16_64_256, numbers::getAndIncrement);
    }
  }

  private static DtlsConnectorConfig dtlsConfig(String identity) {
    return DtlsConnectorConfig.builder(Configuration.createStandardWithoutFile())
        .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
        .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
        .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8)
        .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
        .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, 300, TimeUnit.MILLISECONDS)
        .setAdvancedPskStore(new AdvancedSinglePskStore(identity, new SecretKeySpec(KEY, "PSK")))
        .build();
  }

  private void post(CoapEndpoint from, String scheme, Wire over, String node) throws Exception {
    Request request = new Request(Code.POST, Type.CON);
    request.setURI(scheme + "://127.0.0.1:" + over.port() + "/telemetry/" + node + "/level");
    request.setPayload("{\"seq\":" + sequence++ + "}");
    if (from == oscore) {
      request.getOptions().setOscore(new byte[0]);
    }
    from.sendRequest(request);
    Response response = request.waitForResponse(HANG_MILLIS);
    assertNotNull(response, () -> node + " is not answered");
    assertEquals("2.04", response.getCode().toString(), node);
  }

  private void served() throws Exception {
    post(bare, "coap", plainWire, "bare");
    post(oscore, "coap", plainWire, "pump");
    post(dtls, "coaps", secureWire, "n1");
  }

  private void send(DatagramSocket from, DatagramSocket to, byte[] octets) throws Exception {
    from.send(
        new DatagramPacket(
            octets,
            octets.length,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), to.getLocalPort())));
  }

  /** The next datagram whose octet at an index has a value; others are thrown away. */
  private byte[] ask(DatagramSocket from, DatagramSocket to, byte[] octets, int at, int value)
      throws Exception {
    long until = System.nanoTime() + HANG_MILLIS * 1_000_000L;
    while (System.nanoTime() < until) {
      send(from, to, octets);
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
          from.receive(packet);
          if (packet.getLength() > at && packet.getData()[at] == (byte) value) {
            return Arrays.copyOf(packet.getData(), packet.getLength());
          }
        }
      } catch (SocketTimeoutException lost) {
        // it is asked again
      }
    }
    throw new AssertionError("no answer on " + to.getLocalPort());
  }

  /** Whatever was sent before has been read. */
  private void settle(DatagramSocket to) throws Exception {
    DatagramSocket last = strangers.get(0);
    if (to == plain) {
      byte[] ping = ByteBuffer.allocate(4).putShort((short) PING).putShort(mid()).array();
      ask(last, plain, ping, 0, 0x70);
    } else {
      ask(last, secure, hello(), 13, 3); // HelloVerifyRequest
    }
  }

  private short mid() {
    return (short) ++messageId;
  }

  private byte[] hello() {
    return secureWire.sent().get(0);
  }

  private byte[] octets(Request request) {
    request.setMID(mid() & 0xffff);
    request.setToken(new Token(ByteBuffer.allocate(4).putInt(messageId).array()));
    return serializer.getByteArray(request);
  }

  private static Request request(Code code, String path) {
    Request request = new Request(code, Type.CON);
    request.getOptions().setUriPath(path);
    return request;
  }

  private static Request block(String node, int number, boolean more) {
    Request request = request(Code.POST, "/telemetry/" + node + "/level");
    request.getOptions().setBlock1(BlockOption.size2Szx(1_024), more, number);
    request.setPayload(new byte[1_024]);
    return request;
  }

  private List<byte[]> plainSeeds() {
    List<byte[]> seeds = new ArrayList<>(plainWire.sent());
    Request post = request(Code.POST, "/telemetry/seed/level");
    post.setPayload("{\"seq\":1}");
    seeds.add(octets(post));
    Request get = request(Code.GET, "/.well-known/core");
    get.getOptions().setObserve(0).setBlock2(2, false, 1);
    seeds.add(octets(get));
    seeds.add(octets(block("seed", 0, true)));
    seeds.add(octets(request(Code.GET, "/rd-lookup/ep")));
    return seeds;
  }

  private byte[] mutated(List<byte[]> seeds) {
    if (random.nextInt(8) == 0) {
      byte[] any = new byte[random.nextInt(1_500)];
      random.nextBytes(any);
      return any;
    }
    byte[] seed = seeds.get(random.nextInt(seeds.size()));
    byte[] out = Arrays.copyOf(seed, Math.max(0, seed.length + cut(random.nextInt(12))));
    for (int i = random.nextInt(5); i > 0 && out.length > 0; i--) {
      out[random.nextInt(out.length)] = (byte) random.nextInt();
    }
    return out;
  }

  private int cut(int kind) {
    return switch (kind) {
      case 0, 1 -> -random.nextInt(64);
      case 2 -> random.nextInt(64);
      default -> 0;
    };
  }

  private void fuzz(int datagrams) throws Exception {
    List<byte[]> plainSeeds = plainSeeds();
    List<byte[]> secureSeeds = secureWire.sent();
    for (int i = 1; i <= datagrams; i++) {
      DatagramSocket from = strangers.get(random.nextInt(strangers.size()));
      boolean toPlain = i / BURST % 2 == 0;
      DatagramSocket to = toPlain ? plain : secure;
      send(from, to, mutated(toPlain ? plainSeeds : secureSeeds));
      if (i % BURST == BURST - 1) {
        settle(to);
      }
      if (i % (datagrams / 8) == 0) {
        served();
      }
    }
  }

  @Test
  void standsMutatedDatagrams() throws Exception {
    fuzz(20_000);
  }

  @Test
  @Tag("long")
  void standsManyMutatedDatagrams() throws Exception {
    fuzz(1_000_000);
  }

  private void flood(int datagrams, int addresses) throws Exception {
    for (int i = 0; i < datagrams; i++) {
      DatagramSocket from = strangers.get(i % addresses);
      send(from, plain, octets(request(Code.GET, "/nothing/" + i)));
      Request unknown = request(Code.POST, "/");
      unknown.getOptions().setOscore(new byte[] {9, (byte) i, (byte) (i >> 8), (byte) (i >> 16)});
      unknown.setPayload(new byte[24]);
      send(from, plain, octets(unknown));
      send(from, secure, hello());
      if (i % BURST == 0) {
        settle(plain);
        settle(secure);
      }
    }
  }

  @Test
  void standsFloodsFromOneAddressAndFromMany() throws Exception {
    flood(2_000, 1);
    served();
    flood(2_000, strangers.size());
  }

  @Test
  @Tag("long")
  void standsLongFloods() throws Exception {
    flood(100_000, strangers.size());
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static final int IP_UDP = 28;

  private long unfinished(int transfers) throws Exception {
    long start = heap();
    for (int i = 0; i < transfers; i++) {
      send(strangers.get(i % strangers.size()), plain, octets(block("b" + i, 0, true)));
      if (i % BURST == 0) {
        settle(plain);
      }
    }
    settle(plain);
    long grown = heap() - start;
    served();
    System.out.println("unfinished transfers=" + transfers + " heap grown octets=" + grown);
    return grown;
  }

  @Test
  void keepsLittleOfTransfersThatNeverEnd() throws Exception {
    assertTrue(unfinished(3_000) < 48 << 20);
  }

  @Test
  @Tag("long")
  void keepsLittleOfManyTransfersThatNeverEnd() throws Exception {
    assertTrue(unfinished(50_000) < 48 << 20);
  }

  /** Nobody forges an address here: one host has as many ports. */
  private long manyPorts(int ports) throws Exception {
    Request request = request(Code.POST, "/nothing");
    request.setPayload(new byte[1_200]);
    byte[] large = octets(request);
    long start = heap();
    for (int i = 0; i < ports; i++) {
      try (DatagramSocket from = stranger(i % 250)) {
        send(from, plain, large);
      }
      if (i % BURST == 0) {
        settle(plain);
      }
    }
    settle(plain);
    long grown = heap() - start;
    System.out.println("ports=" + ports + " heap grown octets=" + grown);
    return grown;
  }

  @Test
  void keepsLittleOfLargeRequestsFromManyPorts() throws Exception {
    assertTrue(manyPorts(4_000) < 16 << 20);
  }

  @Test
  @Tag("long")
  void keepsNoMoreOfTenTimesAsMany() throws Exception {
    assertTrue(manyPorts(40_000) < 16 << 20);
  }

  /** A hello with the cookie that the first one was answered with (RFC 6347, section 4.2.1). */
  private byte[] verified(byte[] asked) {
    byte[] hello = hello();
    int cookieAt = 60 + hello[59];
    int cookie = asked[27];
    ByteBuffer out = ByteBuffer.allocate(hello.length + cookie);
    out.put(hello, 0, cookieAt).put((byte) cookie).put(asked, 28, cookie);
    out.put(hello, cookieAt + 1, hello.length - cookieAt - 1);
    out.put(10, (byte) 1); // record
    out.putShort(11, (short) (out.getShort(11) + cookie));
    out.putShort(15, (short) (out.getShort(15) + cookie));
    out.putShort(17, (short) 1); // message
    out.putShort(23, (short) (out.getShort(23) + cookie));
    return out.array();
  }

  private void beginHandshake(DatagramSocket from) throws Exception {
    byte[] asked = ask(from, secure, hello(), 13, 3);
    ask(from, secure, verified(asked), 13, 2); // ServerHello
  }

  /** Begins handshakes from true addresses, and ends none. */
  private long unfinishedHandshakes(int handshakes) throws Exception {
    long start = heap();
    for (int i = 0; i < handshakes; i++) {
      try (DatagramSocket from = stranger(i % 32)) {
        beginHandshake(from);
      }
    }
    long grown = heap() - start;
    served();
    System.out.println("unfinished handshakes=" + handshakes + " heap grown octets=" + grown);
    return grown;
  }

  private static boolean isApplicationData(byte[] datagram) {
    return datagram[0] == 25; // under a connection ID, and not in one datagram with a handshake
  }

  /** A node shows its key, and what it says under it does not arrive. */
  private Request silent(Wire over) throws Exception {
    CoapEndpoint node =
        start(CoapEndpoint.builder().setConnector(new DTLSConnector(dtlsConfig("pump#1"))));
    int before = over.heldBack();
    Request request = new Request(Code.POST, Type.CON);
    request.setURI("coaps://127.0.0.1:" + over.port() + "/telemetry/pump/level");
    request.setPayload("{\"seq\":" + sequence++ + "}");
    node.sendRequest(request);
    Until.holds(() -> over.heldBack() > before); // it has shaken hands
    return request;
  }

  /** Neither does it count as one that has not shown its key, nor what was ended of it. */
  @Test
  void endsNoConnectionWhoseNodeHasShownItsKey() throws Exception {
    try (Wire quiet = new Wire(secure.getLocalPort())) {
      quiet.hold(AbuseTest::isApplicationData);
      for (int i = 0; i < Connections.MOST_OF_A_NODE; i++) {
        silent(quiet);
      }
      Request last = silent(quiet);
      for (int i = 0; i < HalfOpen.MOST + 100; i++) {
        InetSocketAddress same = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        DatagramSocket from = new DatagramSocket(same);
        strangers.add(from); // no two from one port
        from.setSoTimeout(500);
        beginHandshake(from);
      }
      quiet.hold(datagram -> false);
      Response response = last.waitForResponse(HANG_MILLIS);
      assertNotNull(response, "its connection is there, for what comes again");
      assertEquals("2.04", response.getCode().toString());
    }
  }

  /** The kernel drops what is too much. */
  @Test
  void readsNoMoreThanItWorksOff() throws Exception {
    Request slow = request(Code.POST, "/telemetry/slow/level");
    slow.setPayload("{\"seq\":1}");
    slow.getOptions().setContentFormat(50);
    Request large = request(Code.POST, "/nothing");
    large.setPayload(new byte[1_200]);
    byte[] flood = octets(large);
    gate = new CountDownLatch(1);
    try {
      send(strangers.get(1), plain, octets(slow));
      long start = heap();
      for (int i = 0; i < 30_000; i++) {
        send(strangers.get(i % 32), plain, flood);
        if (i % BURST == 0) {
          Thread.sleep(1); // so that all could be read
        }
      }
      long grown = heap() - start;
      System.out.println("unread flood, heap grown octets=" + grown);
      assertTrue(grown < 16 << 20, "grown=" + grown);
    } finally {
      gate.countDown();
    }
  }

  @Test
  void keepsLittleOfHandshakesThatNeverEnd() throws Exception {
    assertTrue(unfinishedHandshakes(500) < 48 << 20);
  }

  @Test
  @Tag("long")
  void keepsLittleOfManyHandshakesThatNeverEnd() throws Exception {
    assertTrue(unfinishedHandshakes(20_000) < 48 << 20);
  }

  /** The first request of a replay has another message ID, or it would be a duplicate. */
  @Test
  void takesEachProtectedRequestOnceInWhateverOrder() throws Exception {
    List<byte[]> fresh = new ArrayList<>();
    try (DatagramSocket sink =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      sink.setSoTimeout(HANG_MILLIS);
      for (int i = 0; i < 20; i++) {
        Request request = new Request(Code.POST, Type.NON);
        request.setURI("coap://127.0.0.1:" + sink.getLocalPort() + "/telemetry/pump/level");
        request.setPayload("{\"seq\":" + sequence++ + "}");
        request.getOptions().setOscore(new byte[0]);
        oscore.sendRequest(request);
        DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
        sink.receive(packet);
        fresh.add(Arrays.copyOf(packet.getData(), packet.getLength()));
      }
    }
    int taken = fromPump.get();
    for (int i = 0; i < fresh.size(); i++) {
      ask(strangers.get(0), plain, fresh.get(i ^ 1), 1, CHANGED);
    }
    assertEquals(taken + fresh.size(), fromPump.get(), "swapped in pairs");
    for (byte[] datagram : fresh) {
      byte[] replay = datagram.clone();
      ByteBuffer.wrap(replay).putShort(2, mid());
      ask(strangers.get(1), plain, replay, 1, UNAUTHORIZED);
    }
    assertEquals(taken + fresh.size(), fromPump.get(), "replays");
  }

  @Test
  void takesNoRecordTwice() throws Exception {
    int taken = fromN1.get();
    for (byte[] record : secureWire.sent()) {
      secureWire.again(record);
    }
    settle(secure);
    post(dtls, "coaps", secureWire, "n1");
    assertEquals(taken + 1, fromN1.get());
  }

  /** Whoever forges a source address gets at most three octets sent there for each of their own. */
  @Test
  void amplifiesLittle() throws Exception {
    for (String path :
        List.of(
            "/.well-known/core",
            "/rd-lookup/ep",
            "/rd-lookup/res",
            "/rd",
            "/telemetry",
            "/keys",
            "/enrol",
            "/",
            "/nothing")) {
      Request request = request(Code.GET, path);
      request.setMID(mid() & 0xffff);
      request.setToken(Token.EMPTY);
      byte[] asked = serializer.getByteArray(request);
      byte[] answer = ask(strangers.get(2), plain, asked, 0, 0x60);
      System.out.println(path + " octets asked=" + asked.length + " answered=" + answer.length);
      assertTrue(IP_UDP + answer.length <= 3 * (IP_UDP + asked.length), path);
    }
    int verify = ask(strangers.get(2), secure, hello(), 13, 3).length;
    System.out.println("hello octets=" + hello().length + " verify octets=" + verify);
    assertTrue(verify < hello().length, "no amplification before the cookie");
  }
}
