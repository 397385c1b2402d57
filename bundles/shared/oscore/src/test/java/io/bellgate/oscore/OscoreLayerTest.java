package io.bellgate.oscore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both roles over loopback sockets. */
class OscoreLayerTest {
  private static final int HANG_MILLIS = 20_000;
  private static final byte[] NOTHING = {};
  private static final Map<SecurityContext, AtomicLong> SEQUENCES = new ConcurrentHashMap<>();
  private static final AtomicLong CHALLENGES = new AtomicLong(1_000);

  static {
    CoapConfig.register();
    UdpConfig.register();
  }

  private final Map<String, SecurityContext> atServer = new HashMap<>();
  private final List<CoapEndpoint> clients = new ArrayList<>();
  private CoapServer server;
  private InetSocketAddress address;
  private volatile String state = "0";
  private CoapResource observed;

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static SecurityContext context(String name, byte[] sender, byte[] recipient) {
    AtomicLong next = new AtomicLong();
    SecurityContext context =
        new SecurityContext(
            name,
            Secret.copyOf(Arrays.copyOf(octets(name), 32)),
            new SecurityContext.Parameters(
                NOTHING, Optional.empty(), sender, recipient, Aead.AES_CCM_16_64_256),
            next::getAndIncrement);
    SEQUENCES.put(context, next);
    return context;
  }

  /** A client that the server knows. */
  private SecurityContext known(String name) {
    atServer.put(name, context(name, NOTHING, octets(name)));
    return context(name, octets(name), NOTHING);
  }

  private static Contexts contexts(Map<String, SecurityContext> byKid, SecurityContext towards) {
    return new Contexts() {
      @Override
      public Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext) {
        return Optional.ofNullable(byKid.get(new String(kid, StandardCharsets.UTF_8)));
      }

      @Override
      public Optional<SecurityContext> towards(EndpointContext destination) {
        return Optional.ofNullable(towards);
      }
    };
  }

  private static CoapEndpoint endpoint(Contexts contexts) {
    return CoapEndpoint.builder()
        .setConfiguration(new Configuration())
        .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .setCoapStackFactory(
            NodeStackFactory.oscore(
                contexts, () -> Optional.of(OscoreOption.partialIv(CHALLENGES.getAndIncrement()))))
        .build();
  }

  @BeforeEach
  void start() {
    server = new CoapServer(new Configuration());
    CoapEndpoint endpoint = endpoint(contexts(atServer, null));
    server.addEndpoint(endpoint);
    observed =
        new CoapResource("state") {
          @Override
          public void handleGET(CoapExchange exchange) {
            exchange.respond(state);
          }
        };
    observed.setObservable(true);
    server.add(
        observed,
        new CoapResource("pair") {
          private CoapExchange waiting;

          @Override
          public synchronized void handlePOST(CoapExchange exchange) {
            if (waiting == null) {
              waiting = exchange;
            } else {
              answer(exchange);
              answer(waiting);
              waiting = null;
            }
          }

          private void answer(CoapExchange exchange) {
            var peer = exchange.advanced().getRequest().getSourceContext().getPeerIdentity();
            exchange.respond(
                ResponseCode.CHANGED, peer.getName() + ":" + exchange.getRequestText());
          }
        },
        new CoapResource("who") {
          @Override
          public void handlePOST(CoapExchange exchange) {
            var peer = exchange.advanced().getRequest().getSourceContext().getPeerIdentity();
            exchange.respond(
                ResponseCode.CHANGED,
                (peer == null ? "nobody" : peer.getName()) + ":" + exchange.getRequestText());
          }
        });
    server.start();
    address = endpoint.getAddress();
  }

  @AfterEach
  void end() {
    server.destroy();
    clients.forEach(CoapEndpoint::destroy);
  }

  private CoapEndpoint client(SecurityContext context) throws Exception {
    CoapEndpoint client = endpoint(contexts(Map.of(), context));
    client.start();
    clients.add(client);
    return client;
  }

  private Request request(Code code, String path, String payload) {
    Request request = new Request(code);
    request.setURI("coap://127.0.0.1:" + address.getPort() + path);
    if (!payload.isEmpty()) {
      request.setPayload(payload);
    }
    request.getOptions().setOscore(NOTHING);
    return request;
  }

  private Request say(String words) {
    return request(Code.POST, "/who", words);
  }

  private static Response answer(CoapEndpoint client, Request request) throws Exception {
    client.sendRequest(request);
    Response response = request.waitForResponse(HANG_MILLIS);
    assertNotNull(response, () -> "no answer: error=" + request.getSendError());
    return response;
  }

  @Test
  void carriesRequestsAndAnswers() throws Exception {
    CoapEndpoint client = client(known("a"));
    for (int i = 0; i < 100; i++) {
      Response response = answer(client, say("hello " + i));
      assertEquals(ResponseCode.CHANGED, response.getCode());
      assertEquals("a:hello " + i, response.getPayloadString());
    }
  }

  @Test
  void carriesBodiesInBlocks() throws Exception {
    String body = "x".repeat(5_000);
    assertEquals("a:" + body, answer(client(known("a")), say(body)).getPayloadString());
  }

  @Test
  void passesWhatIsNotProtectedWithoutAPeer() throws Exception {
    Request request = say("hi");
    request.getOptions().removeOscore();
    assertEquals("nobody:hi", answer(client(null), request).getPayloadString());
  }

  @Test
  void tellsClientsWithTheSameTokenApart() throws Exception {
    CoapEndpoint a = client(known("a"));
    CoapEndpoint b = client(known("b"));
    for (int i = 0; i < 20; i++) {
      Request one = request(Code.POST, "/pair", "1");
      Request two = request(Code.POST, "/pair", "2");
      one.setToken(new Token(new byte[] {7}));
      two.setToken(new Token(new byte[] {7}));
      a.sendRequest(one);
      b.sendRequest(two); // none is answered before both are there
      assertEquals("a:1", one.waitForResponse(HANG_MILLIS).getPayloadString());
      assertEquals("b:2", two.waitForResponse(HANG_MILLIS).getPayloadString());
    }
  }

  @Test
  void takesNoBlockOfABodyFromSomebodyElse() throws Exception {
    SecurityContext mine = known("a");
    SecurityContext other = known("b");
    byte[] block = new byte[16];
    try (DatagramSocket wire =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      wire.setSoTimeout(HANG_MILLIS);
      Request first = block(0, true, block);
      assertTrue(exchange(wire, datagram(mine, 1, first)).getOptions().hasOscore());
      Request bare = block(1, false, block);
      bare.setMID(2);
      bare.setToken(new Token(new byte[] {1}));
      byte[] octets = new UdpDataSerializer().getByteArray(bare);
      assertEquals(ResponseCode.REQUEST_ENTITY_INCOMPLETE, exchange(wire, octets).getCode());
      assertEquals(
          ResponseCode.REQUEST_ENTITY_INCOMPLETE,
          inside(other, exchange(wire, datagram(other, 4, block(1, false, block)))).getCode());
      assertEquals(
          "a:" + "\0".repeat(32),
          inside(mine, exchange(wire, datagram(mine, 5, block(1, false, block))))
              .getPayloadString());
    }
  }

  private static Request block(int number, boolean more, byte[] content) {
    Request request = new Request(Code.POST, Type.CON);
    request.getOptions().setUriPath("/who");
    request.getOptions().setBlock1(0, more, number);
    request.setPayload(content);
    return request;
  }

  /** What is in the answer to the latest request of a context. */
  private static Response inside(SecurityContext context, Response outer) throws Exception {
    byte[] iv = OscoreOption.partialIv(SEQUENCES.get(context).get() - 1);
    OscorePeer.RequestId id = new OscorePeer.RequestId(context.parameters().senderId(), iv);
    return Inner.response(context.open(id, id.kid(), iv, outer.getPayload()), outer);
  }

  @Test
  void refusesWhoIsNotKnownAndWhoHasAnotherKey() throws Exception {
    Response unknown = answer(client(context("x", new byte[] {1}, NOTHING)), say("1"));
    assertEquals(ResponseCode.UNAUTHORIZED, unknown.getCode());
    known("a");
    Response forged = answer(client(context("other", octets("a"), NOTHING)), say("1"));
    assertEquals(ResponseCode.BAD_REQUEST, forged.getCode());
    assertEquals(0, forged.getPayloadSize(), "nothing without protection is believed");
  }

  @Test
  void answersAChallengeAndGoesOn() throws Exception {
    CoapEndpoint client = client(known("a"));
    atServer.get("a").forget();
    assertEquals("a:1", answer(client, say("1")).getPayloadString());
    assertTrue(atServer.get("a").isSynchronized());
    assertEquals("a:2", answer(client, say("2")).getPayloadString());
  }

  @Test
  void notifiesInOrder() throws Exception {
    CoapEndpoint client = client(known("a"));
    Request request = request(Code.GET, "/state", "");
    request.setObserve();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    new CoapClient()
        .setEndpoint(client)
        .observe(
            request,
            new CoapHandler() {
              @Override
              public void onLoad(CoapResponse response) {
                heard.add(response.getResponseText());
              }

              @Override
              public void onError() {
                heard.add("error");
              }
            });
    assertEquals("0", heard.poll(HANG_MILLIS, TimeUnit.MILLISECONDS));
    for (int i = 1; i <= 5; i++) {
      state = String.valueOf(i);
      observed.changed();
      assertEquals(state, heard.poll(HANG_MILLIS, TimeUnit.MILLISECONDS));
    }
  }

  @Test
  void takesADatagramOnce() throws Exception {
    SecurityContext mine = known("a");
    try (DatagramSocket wire =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      wire.setSoTimeout(HANG_MILLIS);
      byte[] first = datagram(mine, 1);
      assertEquals(ResponseCode.CHANGED, exchange(wire, first).getCode());
      first[3] = 2; // another message ID: not a retransmission but a replay
      Response replay = exchange(wire, first);
      assertEquals(ResponseCode.UNAUTHORIZED, replay.getCode());
      assertFalse(replay.getOptions().hasOscore());
      byte[] wrong = datagram(mine, 3);
      wrong[wrong.length - 1] ^= 1;
      assertEquals(ResponseCode.BAD_REQUEST, exchange(wire, wrong).getCode());
      byte[] late = datagram(mine, 4);
      byte[] early = datagram(mine, 5);
      assertEquals(ResponseCode.CHANGED, exchange(wire, early).getCode());
      assertEquals(ResponseCode.CHANGED, exchange(wire, late).getCode(), "order does not matter");
    }
  }

  private static byte[] datagram(SecurityContext context, int mid) {
    Request inner = new Request(Code.POST);
    inner.getOptions().setUriPath("/who");
    return datagram(context, mid, inner);
  }

  private static byte[] datagram(SecurityContext context, int mid, Request inner) {
    byte[] iv = context.nextPartialIv();
    OscorePeer.RequestId id = new OscorePeer.RequestId(context.parameters().senderId(), iv);
    Request outer = new Request(Code.POST, Type.CON);
    outer.setMID(mid);
    outer.setToken(new Token(new byte[] {1}));
    outer
        .getOptions()
        .setOscore(new OscoreOption(iv, Optional.empty(), Optional.of(id.kid())).encode());
    outer.setPayload(context.seal(id, id.kid(), iv, Inner.plaintext(inner, false)));
    return new UdpDataSerializer().getByteArray(outer);
  }

  private Response exchange(DatagramSocket wire, byte[] datagram) throws Exception {
    wire.send(new DatagramPacket(datagram, datagram.length, address));
    DatagramPacket back = new DatagramPacket(new byte[1_500], 1_500);
    wire.receive(back);
    return (Response) parsed(back);
  }

  private static Message parsed(DatagramPacket packet) {
    return new UdpDataParser().parseMessage(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  @Test
  void takesNoDataFromAnAnswerWithoutProtection() throws Exception {
    try (DatagramSocket spoofer =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      spoofer.setSoTimeout(HANG_MILLIS);
      CoapEndpoint client = client(context("a", octets("a"), NOTHING));
      Request request = new Request(Code.GET, Type.NON);
      request.setURI("coap://127.0.0.1:" + spoofer.getLocalPort() + "/x");
      request.getOptions().setOscore(NOTHING);
      client.sendRequest(request);
      DatagramPacket asked = new DatagramPacket(new byte[1_500], 1_500);
      spoofer.receive(asked);
      Request seen = (Request) parsed(asked);
      assertTrue(seen.getOptions().hasOscore());
      assertEquals(List.of(), seen.getOptions().getUriPath(), "the path is inside");
      spoof(spoofer, asked, seen, ResponseCode.CONTENT, 1);
      spoof(spoofer, asked, seen, ResponseCode.FORBIDDEN, 2);
      spoof(spoofer, asked, seen, ResponseCode.UNAUTHORIZED, 3);
      Response response = request.waitForResponse(HANG_MILLIS);
      assertEquals(ResponseCode.UNAUTHORIZED, response.getCode(), "an error may come so");
      assertEquals(0, response.getPayloadSize());
    }
  }

  private static void spoof(
      DatagramSocket spoofer, DatagramPacket asked, Request seen, ResponseCode code, int mid)
      throws Exception {
    Response response = new Response(code);
    response.setType(Type.NON);
    response.setMID(mid);
    response.setToken(seen.getToken());
    response.setPayload("believe me");
    response.setDestinationContext(
        new AddressEndpointContext((InetSocketAddress) asked.getSocketAddress()));
    byte[] octets = new UdpDataSerializer().getByteArray(response);
    spoofer.send(new DatagramPacket(octets, octets.length, asked.getSocketAddress()));
  }
}
