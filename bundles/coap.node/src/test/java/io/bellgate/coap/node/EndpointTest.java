package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.message.Flow;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.MessageId;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.renewal.SomeRules;
import io.bellgate.coap.node.served.NodeResources;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointTest {
  @TempDir Path folder;
  private final ConcurrentLinkedQueue<Message> offered = new ConcurrentLinkedQueue<>();
  private final Nodes nodes = new Nodes();
  private volatile Intake intake = message -> accept(message, new Intake.Acceptance.Accepted());
  private DatagramSocket socket;
  private Endpoint endpoint;

  @BeforeEach
  void open() throws Exception {
    socket = new LentSocket();
    endpoint =
        new Endpoint(
            socket,
            Optional.empty(),
            Optional.empty(),
            new NodeKeys(Path.of("no-such-file")),
            new NodeProfiles(folder.resolve("profiles.csv")),
            () -> intake,
            new Renewal(() -> null, () -> null, () -> null, SomeRules.waiting()),
            Map.of("pressure", "critical"),
            nodes,
            new NodeResources(),
            InstantSource.system());
  }

  @AfterEach
  void close() {
    endpoint.close(Duration.ofSeconds(2));
  }

  private CompletionStage<Intake.Acceptance> accept(Message message, Intake.Acceptance answer) {
    offered.add(message);
    return CompletableFuture.completedFuture(answer);
  }

  private CoapResponse post(String path, String payload) throws Exception {
    return post(path, payload.getBytes(StandardCharsets.UTF_8), MediaTypeRegistry.APPLICATION_JSON);
  }

  private CoapResponse post(String path, byte[] payload, int format) throws Exception {
    CoapClient client = new CoapClient("coap://127.0.0.1:" + socket.getLocalPort() + path);
    try {
      return client.setTimeout(20_000L).post(payload, format);
    } finally {
      client.shutdown();
    }
  }

  private void assertError(ResponseCode code, String error, CoapResponse response) {
    assertEquals(code, response.getCode(), response::getResponseText);
    assertTrue(
        response.getResponseText().contains("\"" + error + "\""), response.getResponseText());
  }

  @Test
  void answersAnAcceptedReadingWithChanged() throws Exception {
    assertEquals(
        ResponseCode.CHANGED, post("/telemetry/n1/pressure", "{\"seq\":4,\"v\":1016.6}").getCode());
    Message message = offered.element();
    assertEquals("n1/4", message.id().toString());
    assertEquals("critical", message.flow().text(Flow.DATA_CLASS));
    assertEquals("none", message.flow().text(Flow.INGRESS));
    assertEquals(
        new Nodes.Node(1, 4, nodes.all().get("n1").lastSeenMillis()), nodes.all().get("n1"));
  }

  /** RFC 7967: 26 is no answer of any class. */
  @Test
  void ownsNoAnswerToWhoWantsNone() throws Exception {
    try (RawClient node = new RawClient(socket.getLocalPort())) {
      Request request = node.request(Type.NON, Code.POST, "/telemetry/n1/pressure");
      request.getOptions().setNoResponse(26);
      node.send(node.with(request, MediaTypeRegistry.APPLICATION_JSON, "{\"seq\":4}"));
      node.assertSilent();
      assertEquals("n1/4", offered.element().id().toString());
      assertEquals(0, endpoint.pending(), "nobody waits for it");
    }
  }

  @Test
  void saysWhatIsWrongWithAReading() throws Exception {
    assertError(ResponseCode.NOT_FOUND, "BG-COAP-001", post("/telemetry/n1", "{\"seq\":1}"));
    assertError(ResponseCode.NOT_FOUND, "BG-COAP-001", post("/telemetry/n1/a/b", "{\"seq\":1}"));
    for (String payload :
        List.of(
            "",
            "[]",
            "{}",
            "{\"seq\":\"1\"}",
            "{\"seq\":1.5}",
            "{\"seq\":-1}",
            "{\"seq\":1",
            "{\"seq\":99999999999999999999}")) {
      assertError(ResponseCode.BAD_REQUEST, "BG-COAP-003", post("/telemetry/n1/pressure", payload));
    }
    assertError(
        ResponseCode.BAD_REQUEST, "BG-COAP-004", post("/telemetry/n%201/pressure", "{\"seq\":1}"));
    String gateway = MessageId.gateway("bob", 1).replace("@", "%40");
    assertError(
        ResponseCode.BAD_REQUEST,
        "BG-COAP-004",
        post("/telemetry/" + gateway + "/pressure", "{\"seq\":1}"));
    assertTrue(offered.isEmpty());
  }

  @Test
  void keepsToWhatWasSaidOfANode() throws Exception {
    Files.writeString(folder.resolve("profiles.csv"), "n1,1,none,temp-*,\nn2,1,dtls,,\n");
    assertEquals(ResponseCode.CHANGED, post("/telemetry/n1/temp-1", "{\"seq\":1}").getCode());
    assertError(
        ResponseCode.FORBIDDEN, "BG-COAP-021", post("/telemetry/n1/pressure", "{\"seq\":2}"));
    assertError(
        ResponseCode.FORBIDDEN, "BG-COAP-020", post("/telemetry/n2/pressure", "{\"seq\":1}"));
    assertEquals(ResponseCode.CHANGED, post("/telemetry/n3/pressure", "{\"seq\":1}").getCode());
    assertEquals(2, offered.size());
  }

  @Test
  void takesNothingWhileItCannotReadWhatNodesMayDo() throws Exception {
    Files.writeString(folder.resolve("profiles.csv"), "n1;1\n");
    assertError(
        ResponseCode.SERVICE_UNAVAILABLE,
        "BG-COAP-022",
        post("/telemetry/n1/pressure", "{\"seq\":1}"));
    assertTrue(offered.isEmpty());
  }

  @Test
  void takesReadingsInEachFormatAndForwardsThemAsTheyCame() throws Exception {
    byte[] pack = "[{\"n\":\"t\",\"u\":\"Cel\",\"v\":21.5}]".getBytes(StandardCharsets.UTF_8);
    byte[] cbor = HexFormat.of().parseHex("81a3006174016343656c02f94d60");
    byte[] item = HexFormat.of().parseHex("a263736571046176f94d60");
    byte[] text = "21.5".getBytes(StandardCharsets.UTF_8);
    int count = 0;
    for (Map.Entry<Integer, byte[]> sent :
        new TreeMap<>(Map.of(0, text, 60, item, 110, pack, 112, cbor)).entrySet()) {
      String query = sent.getKey() == 60 ? "" : "?seq=4";
      assertEquals(
          ResponseCode.CHANGED,
          post("/telemetry/n" + count++ + "/t" + query, sent.getValue(), sent.getKey()).getCode());
      Message message = offered.remove();
      assertArrayEquals(sent.getValue(), message.payload());
      assertEquals(4, message.id().sequence());
      assertEquals(21.5, message.flow().attributes().get(Flow.VALUE));
      assertEquals(
          MediaTypeRegistry.toString(sent.getKey()), message.flow().text(Flow.CONTENT_FORMAT));
      assertEquals(sent.getKey() > 100 ? "Cel" : null, message.flow().attributes().get(Flow.UNIT));
    }
    assertError(
        ResponseCode.UNSUPPORTED_CONTENT_FORMAT,
        "BG-COAP-040",
        post("/telemetry/n1/t?seq=4", text, MediaTypeRegistry.APPLICATION_XML));
    assertError(
        ResponseCode.BAD_REQUEST,
        "BG-COAP-003",
        post("/telemetry/n1/t?seq=4", text, MediaTypeRegistry.APPLICATION_SENML_JSON));
    assertTrue(offered.isEmpty());
  }

  @Test
  void passesARefusalOnWithItsCode() throws Exception {
    intake =
        message ->
            accept(message, new Intake.Acceptance.Refused("BG-ROUTE-001", "no rule matches"));
    assertError(
        ResponseCode.FORBIDDEN, "BG-ROUTE-001", post("/telemetry/n1/pressure", "{\"seq\":1}"));
    assertTrue(nodes.all().isEmpty());
  }

  @Test
  void waitsForARouterThatIsBeingSwapped() throws Exception {
    Intake serving = intake;
    intake = null;
    CompletableFuture<CoapResponse> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return post("/telemetry/n1/pressure", "{\"seq\":1}");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    while (endpoint.pending() == 0) {
      Thread.onSpinWait();
    }
    intake = serving;
    assertEquals(ResponseCode.CHANGED, answer.join().getCode());
  }

  @Test
  void answersUnavailableWithMaxAgeWhenPatienceEnds() throws Exception {
    intake = message -> accept(message, new Intake.Acceptance.Busy(1));
    CoapResponse response = post("/telemetry/n1/pressure", "{\"seq\":1}");
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, response.getCode());
    assertEquals(1, response.getOptions().getMaxAge());
  }

  /** Who says so knows: it is not asked again each 25 ms until patience ends. */
  @Test
  void answersAtOnceForAGatewayThatIsBusyForLonger() throws Exception {
    intake = message -> accept(message, new Intake.Acceptance.Busy(5));
    CoapResponse response = post("/telemetry/n1/pressure", "{\"seq\":1}");
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, response.getCode());
    assertEquals(5, response.getOptions().getMaxAge());
    assertEquals(1, offered.size());
  }

  /** Whatever bundles throw while they are refreshed: else no swap would ever find it answered. */
  @Test
  void waitsForNoAnswerThatCannotCome() throws Exception {
    List<Intake> broken =
        List.of(
            message -> {
              throw new NoClassDefFoundError("of a bundle that is refreshed");
            },
            message -> null,
            message -> CompletableFuture.failedFuture(new IllegalStateException("no")));
    for (Intake each : broken) {
      intake = each;
      assertEquals(
          ResponseCode.SERVICE_UNAVAILABLE,
          post("/telemetry/n1/pressure", "{\"seq\":1}").getCode());
      assertEquals(0, endpoint.pending());
    }
  }

  @Test
  void listsItsResource() throws Exception {
    CoapClient client =
        new CoapClient("coap://127.0.0.1:" + socket.getLocalPort() + "/.well-known/core");
    String links = client.get().getResponseText();
    client.shutdown();
    assertTrue(
        links.contains("</telemetry>") && links.contains("rt=\"" + Edition.RESOURCE_TYPE + "\""),
        links);
  }

  @Test
  void leavesInTheKernelWhatArrivesWhilePaused() throws Exception {
    try (DatagramSocket plain =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        DatagramSocket sender = new DatagramSocket()) {
      PausableSocket pausable = new PausableSocket(plain, Runnable::run);
      pausable.resume();
      assertTrue(pausable.pause(Duration.ofSeconds(5)));
      sender.send(new DatagramPacket(new byte[] {42}, 1, plain.getLocalSocketAddress()));
      DatagramPacket packet = new DatagramPacket(new byte[10], 10);
      plain.setSoTimeout(20_000);
      plain.receive(packet);
      assertEquals(42, packet.getData()[0]);
    }
  }

  /** And nothing that it sent to itself for that is left. */
  @Test
  void pausesAtOnceThoughNothingArrives() throws Exception {
    try (DatagramSocket plain =
            new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        DatagramSocket sender = new DatagramSocket()) {
      PausableSocket pausable = new PausableSocket(plain, Runnable::run);
      pausable.resume();
      Queue<Integer> lengths = new ConcurrentLinkedQueue<>();
      Thread receiver =
          new Thread(
              () -> {
                try {
                  while (true) {
                    DatagramPacket packet = new DatagramPacket(new byte[10], 10);
                    pausable.receive(packet);
                    lengths.add(packet.getLength());
                  }
                } catch (IOException closed) {
                  // the test is over
                }
              });
      receiver.setDaemon(true);
      receiver.start();
      for (int i = 1; i <= 20; i++) {
        sender.send(
            new DatagramPacket(new byte[i % 10 + 1], i % 10 + 1, plain.getLocalSocketAddress()));
        int wanted = i;
        Until.holds(() -> lengths.size() == wanted);
        assertTrue(pausable.pause(Duration.ofSeconds(5)));
        pausable.resume();
      }
      assertFalse(lengths.contains(0));
    }
  }

  @Test
  void survivesRandomDatagrams() throws Exception {
    long seed = 11;
    Random random = new Random(seed);
    byte[] good = {
      0x40,
      0x02,
      0x12,
      0x34,
      (byte) 0xb9,
      't',
      'e',
      'l',
      'e',
      'm',
      'e',
      't',
      'r',
      'y',
      0x02,
      'n',
      '1',
      0x01,
      'p',
      (byte) 0xff,
      '{',
      '}'
    };
    try (DatagramSocket sender = new DatagramSocket()) {
      for (int i = 0; i < 2_000; i++) {
        byte[] datagram = good.clone();
        for (int k = 0; k < 1 + random.nextInt(5); k++) {
          datagram[random.nextInt(datagram.length)] = (byte) random.nextInt();
        }
        sender.send(
            new DatagramPacket(
                datagram, random.nextInt(datagram.length + 1), socket.getLocalSocketAddress()));
      }
    }
    assertEquals(
        ResponseCode.CHANGED,
        post("/telemetry/n1/pressure", "{\"seq\":1}").getCode(),
        "seed=" + seed);
  }

  @Test
  void handsItsStateOverAndRefusesAnotherFormat() {
    nodes.accepted("n1", 5, 1_000);
    nodes.accepted("n2", 6, 2_000);
    Nodes read = Edition.read(1, Edition.write(1, nodes));
    assertEquals(new Nodes.Node(1, 5, 0), read.all().get("n1"));
    assertThrows(IllegalArgumentException.class, () -> Edition.read(2, new byte[10]));
    long seed = 3;
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] state = Edition.write(1, nodes);
      state[random.nextInt(state.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertFalse(
            Edition.read(1, java.util.Arrays.copyOf(state, random.nextInt(state.length + 1)))
                    .all()
                    .size()
                > Nodes.MOST);
      } catch (IllegalArgumentException expected) {
        assertTrue(expected.getMessage().contains("state"), "seed=" + seed);
      }
    }
  }
}
