package io.bellgate.oscore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.bellgate.api.bits.Secret;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.nodekeys.NodeContext;
import io.bellgate.oscore.OscorePeer.RequestId;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * RFC 8613, Appendix B.2, between the gateway and a node that has forgotten its sequence number.
 */
class AgreedContextsTest {
  private static final String IDENTITY = "n1#1";
  private static final byte[] KEY = Arrays.copyOf("a key of 256 bits".getBytes(), 32);
  private static final byte[] R1 = HexFormat.of().parseHex("0101010101010101");
  private static final byte[] R3 = HexFormat.of().parseHex("0303030303030303");

  static {
    CoapConfig.register();
    UdpConfig.register();
  }

  @TempDir Path folder;
  private final AtomicLong drawn = new AtomicLong(0x7200_0000_0000_0000L);
  private final AtomicInteger taken = new AtomicInteger();
  private NodeContexts contexts;
  private CoapServer server;
  private InetSocketAddress address;
  private DatagramSocket node;
  private int messageId;

  @BeforeEach
  void start() throws Exception {
    Path file = folder.resolve("nodes.csv");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "n1," + IDENTITY + "," + HexFormat.of().formatHex(KEY) + "\n");
    node = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    node.setSoTimeout(20_000);
    serve(new byte[0]);
  }

  private void serve(byte[] state) {
    contexts =
        new NodeContexts(
            new NodeKeys(folder.resolve("nodes.csv")),
            Aead.AES_CCM_16_64_256,
            folder.resolve("oscore-epoch"),
            InstantSource.system(),
            state);
    server = new CoapServer(new Configuration());
    CoapEndpoint endpoint =
        CoapEndpoint.builder()
            .setConfiguration(new Configuration())
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .setCoapStackFactory(
                NodeStackFactory.oscore(
                    contexts,
                    () ->
                        Optional.of(
                            ByteBuffer.allocate(8).putLong(drawn.incrementAndGet()).array())))
            .build();
    server.addEndpoint(endpoint);
    server.add(
        new CoapResource("who") {
          @Override
          public void handleGET(CoapExchange exchange) {
            taken.incrementAndGet();
            exchange.respond(
                exchange.advanced().getRequest().getSourceContext().getPeerIdentity().getName());
          }
        });
    server.start();
    address = endpoint.getAddress();
  }

  @AfterEach
  void end() {
    server.destroy();
    node.close();
  }

  private static SecurityContext context(byte[] id) {
    try (Secret key = Secret.copyOf(KEY);
        Secret secret = NodeContext.masterSecret(key, IDENTITY)) {
      return new SecurityContext(
          "gateway",
          secret,
          new SecurityContext.Parameters(
              new byte[0],
              id.length == 0 ? Optional.empty() : Optional.of(id),
              NodeContext.kid(IDENTITY),
              new byte[0],
              Aead.AES_CCM_16_64_256),
          () -> 0);
    }
  }

  private static byte[] join(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  /** A short CBOR byte string. */
  private static byte[] wrap(byte[] id) {
    return join(new byte[] {(byte) (0x40 + id.length)}, id);
  }

  private static RequestId number(int sequence) {
    return new RequestId(NodeContext.kid(IDENTITY), OscoreOption.partialIv(sequence));
  }

  /** A request of the node under a context. */
  private static Request request(byte[] id, int sequence) {
    Request inner = new Request(Code.GET);
    inner.getOptions().setUriPath("who");
    RequestId number = number(sequence);
    Request outer = new Request(Code.POST, Type.CON);
    Optional<byte[]> kidContext = id.length == 0 ? Optional.empty() : Optional.of(wrap(id));
    outer
        .getOptions()
        .setOscore(
            new OscoreOption(number.partialIv(), kidContext, Optional.of(number.kid())).encode());
    outer.setPayload(
        context(id).seal(number, number.kid(), number.partialIv(), Inner.plaintext(inner, false)));
    return outer;
  }

  private Response ask(Request outer) throws Exception {
    outer.setBytes(null);
    outer.setMID(++messageId);
    outer.setToken(Token.EMPTY);
    byte[] octets = new UdpDataSerializer().getByteArray(outer);
    node.send(new DatagramPacket(octets, octets.length, address));
    DatagramPacket packet = new DatagramPacket(new byte[2_048], 2_048);
    node.receive(packet);
    return (Response)
        new UdpDataParser().parseMessage(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  /** What is inside an answer to a request. */
  private static Response inside(Response outer, byte[] id, int sequence) throws Exception {
    OscoreOption option = OscoreOption.decode(outer.getOptions().getOscore());
    RequestId number = number(sequence);
    boolean own = option.partialIv().length > 0;
    byte[] plaintext =
        context(id)
            .open(
                number,
                own ? new byte[0] : number.kid(),
                own ? option.partialIv() : number.partialIv(),
                outer.getPayload());
    return Inner.response(plaintext, outer);
  }

  /** Sends the first request; R2. */
  private byte[] offered(byte[] id, int sequence) throws Exception {
    Response answer = ask(request(id, sequence));
    byte[] kidContext =
        OscoreOption.decode(answer.getOptions().getOscore()).kidContext().orElseThrow();
    byte[] mine = Arrays.copyOfRange(kidContext, 1, kidContext.length);
    assertEquals(ResponseCode.UNAUTHORIZED, inside(answer, join(mine, id), sequence).getCode());
    return mine;
  }

  private void assertTaken(byte[] id, int sequence) throws Exception {
    Response inside = inside(ask(request(id, sequence)), id, sequence);
    assertEquals(ResponseCode.CONTENT, inside.getCode());
    assertEquals(IDENTITY, inside.getPayloadString());
  }

  private void assertReplay(byte[] id, int sequence) throws Exception {
    Response answer = ask(request(id, sequence));
    assertEquals(ResponseCode.UNAUTHORIZED, answer.getCode());
    assertFalse(answer.getOptions().hasOscore());
  }

  @Test
  void letANodeBeginAnew() throws Exception {
    byte[] id = join(offered(R1, 0), R3);
    assertTaken(id, 1);
    assertTaken(id, 2);
    assertReplay(id, 1);
    assertReplay(id, 2);
    assertEquals(2, taken.get());
  }

  /** As libcoap 4.3.4 says it in the requests after the second. */
  @Test
  void areKnownByAnIdThatIsNotWrapped() throws Exception {
    byte[] id = join(offered(R1, 0), R3);
    assertTaken(id, 1);
    Request bare = request(id, 2);
    RequestId number = number(2);
    bare.getOptions()
        .setOscore(
            new OscoreOption(number.partialIv(), Optional.of(id), Optional.of(number.kid()))
                .encode());
    assertEquals(ResponseCode.CONTENT, inside(ask(bare), id, 2).getCode());
    assertReplay(id, 2);
  }

  @Test
  void areNotTakenFromUnderANodeByAnOldRequest() throws Exception {
    byte[] mine = offered(R1, 0);
    assertArrayEquals(mine, offered(R1, 0), "repeated by anybody");
    assertTaken(join(mine, R3), 1);
  }

  @Test
  void beginOnceForEachOffer() throws Exception {
    byte[] first = join(offered(R1, 0), R3);
    assertTaken(first, 1);
    byte[] second = join(offered(R1, 0), R3);
    assertTaken(second, 1);
    int before = taken.get();
    ask(request(first, 1)); // it is old now, and may begin to agree on a third one at best
    assertTaken(second, 2);
    assertEquals(before + 1, taken.get());
  }

  @Test
  void areNotBegunByWhoHasNoKey() throws Exception {
    byte[] id = join(offered(R1, 0), R3);
    Request forged = request(id, 0);
    forged.getPayload()[0] ^= 1;
    assertEquals(ResponseCode.BAD_REQUEST, ask(forged).getCode());
    Request asked = request(R1, 5);
    asked.getPayload()[0] ^= 1;
    assertEquals(ResponseCode.BAD_REQUEST, ask(asked).getCode());
    assertTaken(id, 1);
  }

  @Test
  void goOverToASuccessor() throws Exception {
    byte[] id = join(offered(R1, 0), R3);
    assertTaken(id, 7);
    server.destroy();
    serve(contexts.save());
    assertReplay(id, 7);
    assertTaken(id, 8);
  }

  @Test
  void leaveTheOneWithoutAnIdContextAsItIs() throws Exception {
    Response echo = inside(ask(request(new byte[0], 3)), new byte[0], 3);
    assertEquals(ResponseCode.UNAUTHORIZED, echo.getCode(), "B.1.2");
    assertTaken(join(offered(R1, 0), R3), 1);
    assertEquals(
        ResponseCode.UNAUTHORIZED,
        inside(ask(request(new byte[0], 4)), new byte[0], 4).getCode(),
        "it has not shown that it is fresh");
  }
}
