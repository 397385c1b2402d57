package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.nodekeys.Generations;
import io.bellgate.oscore.Aead;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that speaks OSCORE, and the endpoint that is changed under it. */
class OscoreIngressTest {
  private static final int HANG_MILLIS = 20_000;
  private static final String KEY =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
  private static final String IDENTITY = "pump#1";

  @TempDir Path folder;

  private final List<Message> offered = new CopyOnWriteArrayList<>();
  private final AtomicInteger challenges = new AtomicInteger();
  private final AtomicInteger unauthorized = new AtomicInteger();
  private Path file;
  private DatagramSocket socket;
  private Endpoint endpoint;
  private CoapEndpoint node;

  @BeforeEach
  void start() throws Exception {
    file = folder.resolve("nodes.csv");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "pump," + IDENTITY + "," + KEY + "\n");
    socket = new LentSocket();
    open(new byte[0]);
    node = node(IDENTITY, KEY);
  }

  @AfterEach
  void end() {
    node.destroy();
    endpoint.close(Duration.ofSeconds(1));
  }

  private void open(byte[] state) throws Exception {
    NodeKeys keys = new NodeKeys(file);
    RandomBits random = new SeededBits(8613);
    endpoint =
        new Endpoint(
            socket,
            Optional.empty(),
            Optional.of(
                new NodeContexts(
                    keys,
                    Aead.AES_CCM_16_64_256,
                    folder.resolve("oscore-epoch"),
                    InstantSource.system(),
                    state)),
            keys,
            new NodeProfiles(folder.resolve("profiles.csv")),
            () ->
                message -> {
                  offered.add(message);
                  return CompletableFuture.completedFuture(new Intake.Acceptance.Accepted());
                },
            new Renewal(
                () -> {
                  challenges.incrementAndGet(); // nothing else here asks for random bits
                  return random;
                },
                () -> null,
                () -> null,
                SomeRules.waiting()),
            Map.of(),
            new Nodes(),
            new NodeResources(),
            InstantSource.system());
  }

  private CoapEndpoint node(String identity, String key) throws Exception {
    CoapEndpoint made =
        OscoreNode.start(identity, HexFormat.of().parseHex(key), Aead.AES_CCM_16_64_256);
    made.addInterceptor(
        new MessageInterceptorAdapter() {
          @Override
          public void receiveResponse(Response response) {
            if (!response.getOptions().hasOscore()) {
              unauthorized.incrementAndGet();
            }
          }
        });
    return made;
  }

  private Response post(CoapEndpoint from, String name, int seq, Type type, boolean bare)
      throws Exception {
    Request request = new Request(Code.POST, type);
    request.setURI("coap://127.0.0.1:" + socket.getLocalPort() + "/telemetry/" + name + "/level");
    request.setPayload("{\"seq\":" + seq + "}");
    if (!bare) {
      request.getOptions().setOscore(new byte[0]);
    }
    from.sendRequest(request);
    Response response = request.waitForResponse(HANG_MILLIS);
    assertNotNull(response, () -> "no answer: " + request.getSendError());
    return response;
  }

  private Response post(int seq) throws Exception {
    return post(node, "pump", seq, Type.CON, false);
  }

  @Test
  void isChallengedOnceAndThenBelieved() throws Exception {
    for (int seq = 0; seq < 10; seq++) {
      assertEquals(ResponseCode.CHANGED, post(seq).getCode());
    }
    assertEquals(1, challenges.get(), "the gateway does not know what came before it started");
    assertEquals(10, offered.size());
    offered.forEach(m -> assertEquals("OSCORE", m.flow().text(Flow.INGRESS)));
  }

  @Test
  void speaksForItselfAloneAndNotBare() throws Exception {
    assertEquals(ResponseCode.FORBIDDEN, post(node, "valve", 0, Type.CON, false).getCode());
    assertEquals(ResponseCode.FORBIDDEN, post(node, "pump", 0, Type.CON, true).getCode());
    assertEquals(List.of(), offered);
  }

  @Test
  void doesNotNoticeThatTheEndpointIsChanged() throws Exception {
    int seq = 0;
    for (int change = 0; change < 10; change++) {
      for (int i = 0; i < 5; i++) {
        Type type = i % 2 == 0 ? Type.CON : Type.NON;
        assertEquals(ResponseCode.CHANGED, post(node, "pump", seq++, type, false).getCode());
      }
      assertTrue(endpoint.close(Duration.ofSeconds(5)));
      byte[] state = endpoint.contexts();
      open(state);
    }
    assertEquals(1, challenges.get(), "at its first request alone");
    assertEquals(0, unauthorized.get());
    assertEquals(50, offered.size());
  }

  @Test
  void isHeardWhenItSpokeWhileNoEndpointWasThere() throws Exception {
    assertTrue(endpoint.close(Duration.ofSeconds(5)));
    for (int seq = 0; seq < 20; seq++) {
      Request request = new Request(Code.POST, Type.NON);
      request.setURI("coap://127.0.0.1:" + socket.getLocalPort() + "/telemetry/bare/level");
      request.setPayload("{\"seq\":" + seq + "}");
      node.sendRequest(request);
    }
    open(new byte[0]);
    long until = System.nanoTime() + HANG_MILLIS * 1_000_000L;
    while (offered.size() < 20) {
      assertTrue(System.nanoTime() < until, () -> "heard=" + offered.size());
      Thread.onSpinWait();
    }
  }

  @Test
  void showsThatItIsFreshWhenTheStateIsLost() throws Exception {
    assertEquals(ResponseCode.CHANGED, post(0).getCode());
    endpoint.close(Duration.ofSeconds(5));
    long epoch = Long.parseLong(Files.readString(folder.resolve("oscore-epoch")).strip());
    open(new byte[0]);
    assertEquals(ResponseCode.CHANGED, post(1).getCode());
    assertEquals(2, challenges.get());
    assertTrue(
        Long.parseLong(Files.readString(folder.resolve("oscore-epoch")).strip()) > epoch,
        "no sequence number of the gateway comes twice");
  }

  /** A change of the file counts a moment later. */
  private int awaitAnswer(ResponseCode code, int from) throws Exception {
    long until = System.nanoTime() + HANG_MILLIS * 1_000_000L;
    int seq = from;
    while (post(seq++).getCode() != code) {
      assertTrue(System.nanoTime() < until, () -> "never answered " + code);
    }
    return seq;
  }

  @Test
  void isNotKnownWithoutAKeyAndWithAnother() throws Exception {
    Files.writeString(file, "");
    assertEquals(ResponseCode.UNAUTHORIZED, post(0).getCode());
    Files.writeString(file, "pump," + IDENTITY + "," + KEY.replace("00", "ff") + "\n");
    int seq = awaitAnswer(ResponseCode.BAD_REQUEST, 1);
    Files.writeString(file, "pump," + IDENTITY + "," + KEY + "\n# as before\n");
    awaitAnswer(ResponseCode.CHANGED, seq);
    assertEquals(1, offered.size());
  }

  @Test
  void isGivenItsNextKeyInOneRoundTripAndNotChallengedUnderIt() throws Exception {
    post(0);
    byte[] nonce = HexFormat.of().parseHex("0102030405060708");
    Request request = new Request(Code.POST);
    request.setURI("coap://127.0.0.1:" + socket.getLocalPort() + "/keys");
    request.setPayload(ByteBuffer.allocate(9).put((byte) 1).put(nonce).array());
    request.getOptions().setOscore(new byte[0]);
    node.sendRequest(request);
    ByteBuffer given = ByteBuffer.wrap(request.waitForResponse(HANG_MILLIS).getPayload());
    given.get();
    byte[] own = new byte[8];
    given.get(own);
    int generation = given.getInt();
    String identity = StandardCharsets.US_ASCII.decode(given).toString();
    String next;
    try (Secret root = Secret.copyOf(HexFormat.of().parseHex(KEY));
        Secret key = Generations.next(root, nonce, own, "pump", generation)) {
      next = key.lend(HexFormat.of()::formatHex);
    }
    CoapEndpoint renewed = node(identity, next);
    try {
      int before = challenges.get();
      assertEquals(ResponseCode.CHANGED, post(renewed, "pump", 1, Type.CON, false).getCode());
      assertEquals(before, challenges.get(), "nobody can have spoken under it before");
      assertEquals(ResponseCode.CHANGED, post(2).getCode(), "the key before, for a while");
    } finally {
      renewed.destroy();
    }
  }

  @Test
  void hasAStateThatIsReadStrictly() throws Exception {
    post(0);
    byte[] state = endpoint.contexts();
    NodeKeys keys = new NodeKeys(file);
    NodeContexts again =
        new NodeContexts(
            keys, Aead.AES_CCM_16_64_256, folder.resolve("e"), InstantSource.system(), state);
    assertArrayEquals(state, again.save());
    for (int length = 1; length < state.length; length++) {
      byte[] torn = Arrays.copyOf(state, length);
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new NodeContexts(
                  keys, Aead.AES_CCM_16_64_256, folder.resolve("e"), InstantSource.system(), torn));
    }
  }
}
