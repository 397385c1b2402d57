package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.MemoryPool;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.OneProvider;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.Rules;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.nodekeys.BitsRandom;
import io.bellgate.nodekeys.EnrolAnswer;
import io.bellgate.nodekeys.EnrolSuite;
import io.bellgate.nodekeys.EnrollingNode;
import io.bellgate.nodekeys.Enrolment;
import io.bellgate.nodekeys.Generations;
import io.bellgate.nodekeys.NextKeyAnswer;
import io.bellgate.nodekeys.NextKeyRequest;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
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

/** Nodes that speak DTLS, while the endpoint is replaced under them. */
class DtlsTest {
  private static final byte[] KEY = "0123456789abcdef0123456789ABCDEF".getBytes();

  private static final byte[] NONCE = {1, 1, 2, 3, 5, 8, 13, 21};

  @TempDir Path folder;
  private final ConcurrentLinkedQueue<Message> offered = new ConcurrentLinkedQueue<>();
  private final List<CoapEndpoint> clients = new ArrayList<>();
  private final Nodes nodes = new Nodes();
  private final AtomicLong laterSeconds = new AtomicLong();
  private final SeededBits bits = new SeededBits(20261126);
  private final MemoryPool pool = new MemoryPool("alice", false, Clock.systemUTC());
  private int blockOctets = 1_024;
  private Rules rules = SomeRules.waiting();
  private NodeKeys keys;
  private DatagramSocket plain;
  private DatagramSocket secure;
  private Endpoint endpoint;

  @BeforeEach
  void open() throws Exception {
    keys =
        new NodeKeys(
            folder.resolve("nodes.csv"), () -> Instant.now().plusSeconds(laterSeconds.get()));
    register("n1");
    plain = new LentSocket();
    secure = new LentSocket();
    start(new byte[0]);
  }

  @AfterEach
  void close() {
    clients.forEach(CoapEndpoint::destroy);
    endpoint.close(Duration.ofSeconds(2));
  }

  private void register(String... names) throws Exception {
    List<NodeKey> all = new ArrayList<>();
    for (String name : names) {
      all.add(new NodeKey(name, name + "#1", Secret.copyOf(KEY)));
    }
    keys.change(
        now -> {
          now.clear();
          all.forEach(key -> now.put(key.identity(), key));
          return true;
        });
  }

  private boolean aes128;

  private void start(byte[] connections) {
    endpoint =
        new Endpoint(
            plain,
            Optional.of(new Endpoint.Secure(secure, aes128, connections, Optional.empty())),
            Optional.empty(),
            keys,
            new NodeProfiles(folder.resolve("profiles.csv")),
            () ->
                message -> {
                  offered.add(message);
                  return CompletableFuture.completedFuture(new Intake.Acceptance.Accepted());
                },
            new Renewal(() -> bits, () -> pool, OneProvider::new, rules),
            Map.of(),
            nodes,
            new NodeResources(),
            InstantSource.system());
  }

  private Wire wire;

  private int port() {
    return wire == null ? secure.getLocalPort() : wire.port();
  }

  /** The table in docs/wire-format.md; payloads of UDP, both ways. */
  @Test
  void rotationIsOneRoundTripOfFewOctets() throws Exception {
    try (Wire counting = new Wire(secure.getLocalPort())) {
      wire = counting;
      Node node = node("n1");
      assertEquals(ResponseCode.CHANGED, node.say(1).getCode());
      int[] first = counting.counted();
      assertEquals(ResponseCode.CHANGED, node.say(2).getCode());
      int[] reading = counting.counted();
      Node next = node.rotate(KEY);
      int[] rotation = counting.counted();
      assertEquals(ResponseCode.CHANGED, next.say(3).getCode());
      int[] handshake = counting.counted();
      System.out.println(
          "datagrams, octets: reading="
              + Arrays.toString(reading)
              + " rotation="
              + Arrays.toString(rotation)
              + " handshake and reading, before and after="
              + Arrays.toString(first)
              + Arrays.toString(handshake));
      assertEquals(2, rotation[0], "one round trip");
      assertTrue(rotation[1] <= 160, Arrays.toString(rotation));
      assertTrue(handshake[0] - reading[0] <= 6, Arrays.toString(handshake));
    }
  }

  /** A node; counts its handshakes. */
  private final class Node {
    private final AtomicInteger handshakes = new AtomicInteger();
    private final CoapEndpoint own;
    private final String name;

    Node(String name, String identity, byte[] key, CipherSuite suite) {
      this.name = name;
      DtlsConnectorConfig config =
          DtlsConnectorConfig.builder(Configuration.createStandardWithoutFile())
              .set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY)
              .set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false)
              .setAsList(DtlsConfig.DTLS_CIPHER_SUITES, suite)
              .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, 0)
              .set(DtlsConfig.DTLS_MAX_RETRANSMISSIONS, 1)
              .set(DtlsConfig.DTLS_RETRANSMISSION_TIMEOUT, 300, TimeUnit.MILLISECONDS)
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
      Configuration coap =
          Configuration.createStandardWithoutFile()
              .set(CoapConfig.MAX_MESSAGE_SIZE, blockOctets)
              .set(CoapConfig.PREFERRED_BLOCK_SIZE, blockOctets);
      own =
          CoapEndpoint.builder()
              .setConfiguration(coap)
              .setConnector(new DTLSConnector(config))
              .build();
      clients.add(own);
    }

    /** The answer, or null if there is none. */
    CoapResponse say(String as, long sequence) throws Exception {
      CoapClient client =
          new CoapClient("coaps://127.0.0.1:" + port() + "/telemetry/" + as + "/pressure");
      client.setEndpoint(own).setTimeout(3_000L);
      return client.post("{\"seq\":" + sequence + "}", MediaTypeRegistry.APPLICATION_JSON);
    }

    CoapResponse say(long sequence) throws Exception {
      return say(name, sequence);
    }

    /** Posts to the resource of keys. */
    CoapResponse ask(byte[] payload) throws Exception {
      return ask("/keys", payload);
    }

    CoapResponse ask(String path, byte[] payload) throws Exception {
      CoapClient client = new CoapClient("coaps://127.0.0.1:" + port() + path);
      client.setEndpoint(own).setTimeout(10_000L);
      Request request = Request.newPost().setPayload(payload);
      request.getOptions().setContentFormat(MediaTypeRegistry.APPLICATION_OCTET_STREAM);
      if (blockOctets < 1_024) { // RFC 7959, 2.4: answers in such blocks, too
        request.getOptions().setBlock2(BlockOption.size2Szx(blockOctets), false, 0);
      }
      return client.advanced(request);
    }

    /** Enrols under its first key; what it is from now on. */
    Node enrol(EnrolSuite suite) throws Exception {
      Provider provider = new BouncyCastleProvider();
      try (Secret present = Secret.copyOf(KEY);
          EnrollingNode node = new EnrollingNode(suite, provider, provider, new BitsRandom(bits))) {
        CoapResponse answer = ask("/enrol", node.request().encode());
        assertEquals(ResponseCode.CHANGED, answer.getCode(), answer.getResponseText());
        EnrollingNode.Enrolled enrolled =
            node.finish(
                new Enrolment.Before(present, name, name + "#1"),
                EnrolAnswer.decode(answer.getPayload()).orElseThrow());
        CoapResponse done = ask("/enrol", enrolled.word().encode());
        assertEquals(ResponseCode.CHANGED, done.getCode(), done.getResponseText());
        assertEquals(86_400, ByteBuffer.wrap(done.getPayload()).getInt(1));
        return enrolled
            .key()
            .lend(
                k ->
                    new Node(name, enrolled.identity(), k, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8));
      }
    }

    /** Asks for a key in version 2; what it has to say is checked, and given to the node. */
    NextKeyAnswer askAgain(boolean wantsPool) throws Exception {
      CoapResponse answer = ask(new NextKeyRequest(wantsPool, NONCE).encode());
      assertEquals(ResponseCode.CHANGED, answer.getCode(), answer.getResponseText());
      return NextKeyAnswer.decode(answer.getPayload()).orElseThrow();
    }

    /** What the node is from now on. */
    Node after(NextKeyAnswer answer, boolean wantsPool, byte[] key) throws Exception {
      try (Secret before = Secret.copyOf(key);
          Secret next = answer.next(before, new NextKeyRequest(wantsPool, NONCE), name)) {
        return next.lend(
            k -> new Node(name, answer.identity(), k, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8));
      }
    }

    /** What the node is from now on. */
    Node rotate(byte[] key) throws Exception {
      byte[] nonce = {1, 1, 2, 3, 5, 8, 13, 21};
      CoapResponse answer = ask(ByteBuffer.allocate(9).put((byte) 1).put(nonce).array());
      assertEquals(ResponseCode.CHANGED, answer.getCode());
      ByteBuffer in = ByteBuffer.wrap(answer.getPayload());
      assertEquals(1, in.get());
      byte[] own = new byte[8];
      in.get(own);
      int generation = in.getInt();
      String identity = StandardCharsets.US_ASCII.decode(in).toString();
      try (Secret before = Secret.copyOf(key);
          Secret next = Generations.next(before, nonce, own, name, generation)) {
        return next.lend(k -> new Node(name, identity, k, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8));
      }
    }
  }

  @Test
  void aNodeThatShakesHandsAgainAndAgainTakesNoPlacesFromOthers() throws Exception {
    register("n1", "n2");
    Node other = node("n2");
    assertEquals(ResponseCode.CHANGED, other.say(1).getCode());
    List<Node> same = new ArrayList<>();
    for (int i = 0; i < 3 * Connections.MOST_OF_A_NODE; i++) {
      same.add(node("n1"));
      assertEquals(ResponseCode.CHANGED, same.get(i).say(i + 2).getCode());
    }
    assertEquals(
        Connections.MOST_OF_A_NODE + 1, endpoint.survivors(new byte[0]).connections(), "places");
    List<Node> kept = new ArrayList<>(same.subList(2 * Connections.MOST_OF_A_NODE, same.size()));
    kept.add(other);
    for (Node node : kept) {
      assertEquals(ResponseCode.CHANGED, node.say(100).getCode());
      assertEquals(1, node.handshakes.get(), "its connection is there");
    }
    endpoint.close(Duration.ofSeconds(2));
    start(endpoint.connections());
    assertEquals(ResponseCode.CHANGED, node("n1").say(101).getCode());
    assertEquals(
        Connections.MOST_OF_A_NODE + 1,
        endpoint.survivors(new byte[0]).connections(),
        "what was handed over counts, too");
  }

  @Test
  void aNodeThatShakesHandsTooOftenWaitsAndNobodyElse() throws Exception {
    register("n1", "n2");
    for (int i = 0; i < Connections.MOST_IN_A_WHILE; i++) {
      Node node = node("n1");
      assertEquals(ResponseCode.CHANGED, node.say(i + 1).getCode());
      node.own.destroy();
    }
    assertFails(node("n1"));
    assertEquals(ResponseCode.CHANGED, node("n2").say(1).getCode());
  }

  @Test
  void givesANodeItsNextKeyWithoutALostExchange() throws Exception {
    Node before = node("n1");
    assertEquals(ResponseCode.CHANGED, before.say(1).getCode());
    Node next = before.rotate(KEY);
    assertEquals(ResponseCode.CHANGED, before.say(2).getCode(), "both are accepted");
    assertEquals(ResponseCode.CHANGED, next.say(3).getCode());
    Until.holds(() -> !keys.all().stream().allMatch(k -> k.untilSeconds() == 0));
    assertEquals(ResponseCode.CHANGED, before.say(4).getCode(), "for a while");
    laterSeconds.set(60);
    assertRefused(before.say(5), "BG-COAP-006");
    assertEquals(ResponseCode.CHANGED, next.say(6).getCode());
    assertEquals(5, offered.size());
    assertEquals(1, next.handshakes.get());
    assertFails(before); // its connection was closed, and its key opens no other
  }

  @Test
  void givesKeysUnderTheKeyOfTheNodeAlone() throws Exception {
    Node node = node("n1");
    assertRefusedAs(ResponseCode.BAD_REQUEST, node.ask(new byte[9]), "BG-COAP-009");
    assertRefusedAs(ResponseCode.BAD_REQUEST, node.ask(new byte[] {1}), "BG-COAP-009");
    node.rotate(KEY);
    byte[] again = {1, 9, 9, 9, 9, 9, 9, 9, 9};
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, node.ask(again).getCode(), "not so often");
    CoapClient client = new CoapClient("coap://127.0.0.1:" + plain.getLocalPort() + "/keys");
    assertRefused(
        client.setTimeout(3_000L).post(again, MediaTypeRegistry.APPLICATION_OCTET_STREAM),
        "BG-COAP-008");
    client.shutdown();
  }

  /** So many keys of the pool, with bob. */
  private void fill(KeyOrigin.Kind kind, int keysOfOurs) {
    byte[] octets = new byte[2 * keysOfOurs * KeyPool.CHUNK_OCTETS];
    bits.fill(octets);
    UUID id = new UUID(kind.ordinal(), System.nanoTime());
    KeyOrigin origin = new KeyOrigin(kind, false, false, Map.of("protocol", "BB84"));
    pool.deposit(new KeyBlock(id, "bob", origin, Secret.absorb(octets), Duration.ofHours(1)));
    assertTrue(pool.confirm("bob", id));
  }

  @Test
  void mixesAKeyOfThePoolIntoTheNextKeyIfTheNodeAsks() throws Exception {
    fill(KeyOrigin.Kind.QKD, 1);
    try (Wire counting = new Wire(secure.getLocalPort())) {
      wire = counting;
      Node before = node("n1");
      before.say(1);
      counting.counted();
      NextKeyAnswer answer = before.askAgain(true);
      int[] rotation = counting.counted();
      System.out.println(
          "datagrams, octets: rotation with a key of the pool=" + Arrays.toString(rotation));
      assertEquals(2, rotation[0], "one round trip");
      assertTrue(answer.pool());
      assertEquals(86_400, answer.againSeconds());
      Node next = before.after(answer, true, KEY);
      assertEquals(ResponseCode.CHANGED, next.say(2).getCode());
      assertTrue(
          keys.all().stream().anyMatch(k -> k.origin().equals("pool:QKD{protocol=BB84}")),
          keys.all()::toString);
      assertEquals(0, pool.stocks().get(0).own(), "it is used once");
      assertEquals(1L, endpoint.renewals().get("fromPool"));
    }
  }

  /** The table in docs/measurements.md; payloads of UDP, both ways. */
  @Test
  void agreesWithANodeOnAKeyByMlKem() throws Exception {
    try (Wire counting = new Wire(secure.getLocalPort())) {
      wire = counting;
      for (EnrolSuite suite : EnrolSuite.values()) {
        for (int block : new int[] {1_024, 256, 64}) {
          register("n1");
          blockOctets = block;
          Node before = node("n1");
          assertEquals(ResponseCode.CHANGED, before.say(1).getCode());
          endpoint.close(Duration.ofSeconds(2));
          start(endpoint.connections()); // it forgets how long ago the node began
          counting.counted();
          Node next = before.enrol(suite);
          int[] enrolment = counting.counted();
          System.out.println(
              "datagrams, octets: enrolment "
                  + suite
                  + " block="
                  + block
                  + " "
                  + Arrays.toString(enrolment));
          assertTrue(enrolment[1] <= 8_000, Arrays.toString(enrolment));
          assertTrue(
              block < 1_024 || suite != EnrolSuite.X25519_ML_KEM_512 || enrolment[0] == 4,
              "two round trips");
          assertEquals(ResponseCode.CHANGED, next.say(2).getCode());
          assertTrue(keys.all().stream().anyMatch(k -> k.origin().equals("enrolled:" + suite)));
        }
      }
    }
  }

  @Test
  void enrolsNobodyWithoutAKey() throws Exception {
    CoapClient client = new CoapClient("coap://127.0.0.1:" + plain.getLocalPort() + "/enrol");
    CoapResponse answer =
        client.setTimeout(3_000L).post(new byte[835], MediaTypeRegistry.APPLICATION_OCTET_STREAM);
    assertRefused(answer, "BG-COAP-008");
    client.shutdown();
    assertRefusedAs(
        ResponseCode.BAD_REQUEST, node("n1").ask("/enrol", new byte[835]), "BG-COAP-024");
  }

  @Test
  void letsANodeWaitIfThePoolIsDry() throws Exception {
    fill(KeyOrigin.Kind.CLASSICAL, 1);
    CoapResponse answer = node("n1").ask(new NextKeyRequest(true, NONCE).encode());
    assertRefusedAs(ResponseCode.SERVICE_UNAVAILABLE, answer, "BG-COAP-023");
    assertEquals(60, answer.getOptions().getMaxAge());
    assertEquals(1, keys.all().size());
    assertEquals(32, pool.stocks().get(0).own(), "a classical key will not do");
    assertEquals(1L, endpoint.renewals().get("poolWasDry"));
  }

  @Test
  void givesAKeyByNoncesIfThePoolIsDryAndTheSiteWantsIt() throws Exception {
    endpoint.close(Duration.ofSeconds(2));
    rules = SomeRules.fallingBack();
    start(new byte[0]);
    Node before = node("n1");
    NextKeyAnswer answer = before.askAgain(true);
    assertFalse(answer.pool(), "it is said");
    assertEquals(1L, endpoint.renewals().get("poolWasDry"), "and counted");
    assertEquals(ResponseCode.CHANGED, before.after(answer, true, KEY).say(1).getCode());
    assertTrue(keys.all().stream().anyMatch(k -> k.origin().equals("rotated (nonces)")));
  }

  /** Whoever kept an old key cannot use up the stock. */
  @Test
  void takesNoKeyOfThePoolForANodeThatIsGivenNone() throws Exception {
    fill(KeyOrigin.Kind.PQC, 1);
    Node before = node("n1");
    assertEquals(ResponseCode.CHANGED, before.rotate(KEY).say(1).getCode());
    Until.holds(() -> keys.all().stream().anyMatch(k -> k.untilSeconds() > 0));
    endpoint.close(Duration.ofSeconds(2));
    start(endpoint.connections()); // it forgets how long ago the node asked
    CoapResponse answer = before.ask(new NextKeyRequest(true, NONCE).encode());
    assertRefused(answer, "BG-COAP-008");
    assertEquals(32, pool.stocks().get(0).own());
  }

  private static void assertRefusedAs(ResponseCode code, CoapResponse response, String error) {
    assertEquals(code, response.getCode());
    assertTrue(response.getResponseText().contains(error), response.getResponseText());
  }

  private Node node(String name) {
    return new Node(name, name + "#1", KEY, CipherSuite.TLS_PSK_WITH_AES_256_CCM_8);
  }

  private static void assertRefused(CoapResponse response, String code) {
    assertEquals(ResponseCode.FORBIDDEN, response.getCode());
    assertTrue(response.getResponseText().contains(code), response.getResponseText());
  }

  @Test
  void takesReadingsUnderTheKeyOfTheNode() throws Exception {
    assertEquals(ResponseCode.CHANGED, node("n1").say(1).getCode());
    assertEquals("DTLS-PSK", offered.element().flow().text(Flow.INGRESS));
  }

  @Test
  void keepsConnectionsOverAReplacement() throws Exception {
    Node node = node("n1");
    for (int sequence = 0; sequence < 8; sequence++) {
      assertEquals(ResponseCode.CHANGED, node.say(sequence).getCode(), "sequence=" + sequence);
      if (sequence % 2 == 1) {
        assertTrue(endpoint.close(Duration.ofSeconds(2)));
        start(endpoint.connections());
      }
    }
    assertEquals(1, node.handshakes.get());
    assertEquals(8, offered.size());
  }

  @Test
  void letsNobodySpeakForAnother() throws Exception {
    register("n1", "n2");
    assertRefused(node("n1").say("n2", 1), "BG-COAP-006");
    CoapClient client =
        new CoapClient("coap://127.0.0.1:" + plain.getLocalPort() + "/telemetry/n2/pressure");
    assertRefused(
        client.setTimeout(3_000L).post("{\"seq\":1}", MediaTypeRegistry.APPLICATION_JSON),
        "BG-COAP-007");
    client.shutdown();
    assertTrue(offered.isEmpty());
  }

  @Test
  void takesNothingUnderAKeyThatWasTakenAway() throws Exception {
    Node node = node("n1");
    assertEquals(ResponseCode.CHANGED, node.say(1).getCode());
    register("n2");
    assertRefused(node.say(2), "BG-COAP-006");
    assertEquals(1, offered.size());
  }

  @Test
  void refusesAWrongKeyAnUnknownIdentityAndAShorterCipher() throws Exception {
    CipherSuite suite = CipherSuite.TLS_PSK_WITH_AES_256_CCM_8;
    assertFails(new Node("n1", "n1#1", "another key of 32 octets, yes it".getBytes(), suite));
    assertFails(new Node("n1", "n9#1", KEY, suite));
    assertFails(new Node("n1", "n1#1", KEY, CipherSuite.TLS_PSK_WITH_AES_128_CCM_8));
    assertTrue(offered.isEmpty());
    assertEquals(ResponseCode.CHANGED, node("n1").say(1).getCode(), "the others are served");
    Until.holds(() -> offered.size() == 1);
  }

  @Test
  void speaksAes128WhereAnOperatorSaysSoAndAsLong() throws Exception {
    endpoint.close(Duration.ofSeconds(2));
    aes128 = true;
    start(endpoint.connections());
    Node less = new Node("n1", "n1#1", KEY, CipherSuite.TLS_PSK_WITH_AES_128_CCM_8);
    assertEquals(ResponseCode.CHANGED, less.say(1).getCode());
    endpoint.close(Duration.ofSeconds(2));
    start(endpoint.connections());
    assertEquals(ResponseCode.CHANGED, less.say(2).getCode());
    assertEquals(1, less.handshakes.get(), "its connection goes on");
    endpoint.close(Duration.ofSeconds(2));
    aes128 = false;
    start(endpoint.connections());
    assertFails(less);
    assertEquals(2, offered.size());
  }

  @Test
  void closesAConnectionWhoseKeyHasEndedWhateverItAsksFor() throws Exception {
    for (String path : List.of("/keys", "/enrol")) {
      Node node = node("n1");
      assertEquals(ResponseCode.CHANGED, node.say(1).getCode());
      keys.change(now -> now.remove("n1#1") != null);
      assertRefused(node.ask(path, new byte[9]), "BG-COAP-008");
      keys.change(
          now -> {
            now.put("n1#1", new NodeKeys.NodeKey("n1", "n1#1", Secret.copyOf(KEY)));
            return true;
          });
      int before = node.handshakes.get();
      Until.holds(
          () -> node.handshakes.get() > before || says(node)); // until it has heard of the end
      assertEquals(before + 1, node.handshakes.get(), "the connection was closed: " + path);
    }
  }

  private static boolean says(Node node) {
    try {
      return node.say(2) != null && node.handshakes.get() > 1;
    } catch (Exception e) {
      return false;
    }
  }

  private static void assertFails(Node node) throws InterruptedException {
    CompletableFuture<Boolean> failed = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                failed.complete(node.say(1) == null);
              } catch (Exception e) {
                failed.complete(true); // the handshake said so
              }
            });
    thread.start();
    thread.join(20_000);
    assertTrue(failed.getNow(false));
  }
}
