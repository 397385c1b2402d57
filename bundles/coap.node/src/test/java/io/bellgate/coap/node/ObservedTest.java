package io.bellgate.coap.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.coap.node.ServingSite.Board;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import io.bellgate.nodeline.GatewayContext;
import io.bellgate.oscore.Aead;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.interceptors.MessageInterceptorAdapter;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who observes what bundles serve, also while the endpoint is replaced. */
class ObservedTest {
  private static final int ALERT = 21;

  @TempDir Path folder;
  private ServingSite site;
  private RawClient client;

  @BeforeEach
  void open() throws Exception {
    site = new ServingSite(folder);
    client = new RawClient(site.plain.getLocalPort());
  }

  @AfterEach
  void close() {
    client.close();
    site.close();
  }

  /** An observation that sees what is on the wire. */
  private final class Raw {
    private final Token token;
    private int number;

    Raw(String path) throws IOException {
      Request request = client.get(path);
      request.setObserve();
      token = request.getToken();
      Response response = client.ask(request);
      assertEquals(ResponseCode.CONTENT, response.getCode());
      number = response.getOptions().getObserve();
    }

    Response next() throws IOException {
      Response response = client.receiveResponse();
      assertEquals(token, response.getToken());
      assertEquals(Type.CON, response.getType());
      return response;
    }

    void expect(String text) throws IOException {
      Response response = next();
      assertEquals(text, response.getPayloadString());
      assertTrue(response.getOptions().getObserve() > number, "numbers rise");
      number = response.getOptions().getObserve();
      client.acknowledge(response);
    }
  }

  private void change(String text) {
    site.board.say(text);
    site.endpoint.served().changed("board", "n0");
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> observations() {
    return (Map<String, Object>) site.endpoint.served().status().get("observations");
  }

  private int count() {
    return (int) observations().get("now");
  }

  private void awaitEnd(String why) {
    Until.holds(() -> ((Map<?, ?>) observations().get("ended")).containsKey(why));
    assertEquals(0, count());
  }

  @Test
  void tellsAnObserverWhatChanged() throws Exception {
    Raw observation = new Raw("/board/n0/a");
    for (int i = 0; i < 5; i++) {
      change("value " + i);
      observation.expect("value " + i);
    }
    client.assertSilent();
    assertEquals(List.of("a"), site.board.asked.get(5).path());
    assertEquals(1, count());
  }

  @Test
  void tellsNobodyOfWhatAnotherNodeSeesOrAnotherResource() throws Exception {
    new Raw("/board/n0");
    int before = site.board.asked.size();
    site.endpoint.served().changed("board", "n9");
    site.endpoint.served().changed("boards", "n0");
    client.assertSilent();
    assertEquals(before, site.board.asked.size());
  }

  @Test
  void asksOnceForWhatChangedWhileANotificationIsUnderWay() throws Exception {
    Raw observation = new Raw("/board/n0");
    change("first");
    Response first = observation.next();
    int before = site.board.asked.size();
    for (int i = 0; i < 50; i++) {
      change("value " + i);
    }
    client.assertSilent();
    client.acknowledge(first);
    observation.expect("value 49");
    client.assertSilent();
    assertEquals(before + 1, site.board.asked.size());
  }

  @Test
  void doesNotRepeatWhatANodeIsKnownToHave() throws Exception {
    Raw observation = new Raw("/board/n0");
    change("1");
    observation.expect("1");
    change("1");
    client.assertSilent();
    change("2");
    observation.expect("2");
  }

  @Test
  void endsAnObservationWhenItsNodeSaysSo() throws Exception {
    Raw observation = new Raw("/board/n0");
    Request cancel = client.get("/board/n0");
    cancel.setToken(observation.token);
    cancel.setObserveCancel();
    Response response = client.ask(cancel);
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertNull(response.getOptions().getObserve());
    assertEquals(0, count());
    change("nobody hears this");
    client.assertSilent();
  }

  @Test
  void endsAnObservationThatIsReset() throws Exception {
    Raw observation = new Raw("/board/n0");
    change("1");
    client.reset(observation.next());
    awaitEnd("reset by the node");
    change("2");
    client.assertSilent();
  }

  @Test
  void endsAnObservationWithAnError() throws Exception {
    Raw observation = new Raw("/board/n0");
    site.board.answering =
        ask ->
            CompletableFuture.completedFuture(
                new Answer(
                    Answer.Code.NOT_FOUND, OptionalInt.empty(), new byte[0], new byte[0], 60));
    site.endpoint.served().changed("board", "n0");
    Response end = observation.next();
    assertEquals(ResponseCode.NOT_FOUND, end.getCode());
    assertNull(end.getOptions().getObserve());
    client.acknowledge(end);
    assertEquals(0, count());
    Request again = client.get("/board/n0");
    again.setObserve();
    assertNull(client.ask(again).getOptions().getObserve(), "an error begins no observation");
    assertEquals(0, count());
  }

  @Test
  void endsAnObservationWhoseFormatChanges() throws Exception {
    Raw observation = new Raw("/board/n0");
    site.board.answering =
        ask ->
            CompletableFuture.completedFuture(
                new Answer(
                    Answer.Code.CONTENT, OptionalInt.of(60), new byte[] {1}, new byte[0], 60));
    site.endpoint.served().changed("board", "n0");
    Response end = observation.next();
    assertEquals(ResponseCode.NOT_ACCEPTABLE, end.getCode());
    assertNull(end.getOptions().getObserve());
    client.acknowledge(end);
    assertEquals(0, count());
  }

  @Test
  void hasOneNotificationUnderWayToANode() throws Exception {
    Raw a = new Raw("/board/n0/a");
    Raw b = new Raw("/board/n0/b");
    change("1");
    Response first = client.receiveResponse();
    client.assertSilent();
    client.acknowledge(first);
    Response second = client.receiveResponse();
    assertEquals(
        Set.of(a.token, b.token), Set.of(first.getToken(), second.getToken()), "each its own");
    client.assertSilent();
    client.acknowledge(second);
    client.assertSilent();
  }

  /** RFC 7959, section 3.4: a notification is a first block; the client fetches the others. */
  @Test
  void tellsOfALargeRepresentationInBlocks() throws Exception {
    Raw observation = new Raw("/board/n0");
    String text = PlugtestResources.text(3_001);
    change(text);
    Response first = observation.next();
    client.acknowledge(first);
    BlockOption block = first.getOptions().getBlock2();
    assertEquals(0, block.getNum());
    assertTrue(block.getSize() <= 64, "no more to somebody unknown than three times its request");
    StringBuilder body = new StringBuilder(first.getPayloadString());
    for (int number = 1; block.isM(); number++) {
      Request request = client.get("/board/n0");
      request.getOptions().setBlock2(block.getSzx(), false, number);
      Response response = client.ask(request);
      assertNull(response.getOptions().getObserve());
      block = response.getOptions().getBlock2();
      assertEquals(number, block.getNum(), "in blocks of the same size");
      body.append(response.getPayloadString());
    }
    assertEquals(text, body.toString());
    change("short");
    Response second = observation.next();
    assertEquals("short", second.getPayloadString());
    assertTrue(second.getOptions().getObserve() > first.getOptions().getObserve());
    client.acknowledge(second);
    client.assertSilent();
  }

  @Test
  void staysWhatItIsWhateverIsSentToIt() throws Exception {
    long seed = 20261127;
    Random random = new Random(seed);
    Raw observation = new Raw("/board/n0");
    Request request = client.get("/board/n5/a");
    request.setObserve();
    request.getOptions().addUriQuery("q").setAccept(0);
    byte[] good = new UdpDataSerializer().getByteArray(request);
    try (DatagramSocket forger = new DatagramSocket()) {
      for (int i = 0; i < 5_000; i++) {
        byte[] datagram = good.clone();
        for (int k = 0; k <= random.nextInt(4); k++) {
          datagram[random.nextInt(datagram.length)] = (byte) random.nextInt();
        }
        forger.send(
            new DatagramPacket(
                datagram, 1 + random.nextInt(datagram.length), site.plain.getLocalSocketAddress()));
        if (i % 50 == 0) {
          client.ask(client.get("/board/n0")); // no faster than it is read
        }
      }
    }
    System.out.println("seed=" + seed + " " + observations());
    assertTrue(count() > 1, "seed=" + seed);
    change("still told");
    observation.expect("still told");
    site.swap();
    change("and after a swap");
    observation.expect("and after a swap");
  }

  @Test
  void answersANonConfirmableRequestAlikeAndNotifiesConfirmably() throws Exception {
    Request request = client.request(Type.NON, Code.GET, "/board/n0");
    request.setObserve();
    int number = client.ask(request).getOptions().getObserve();
    change("1");
    Response response = client.receiveResponse();
    assertEquals(Type.CON, response.getType());
    assertTrue(response.getOptions().getObserve() > number);
    client.acknowledge(response);
    client.assertSilent();
  }

  @Test
  void hasOneObservationOfATargetTheLatest() throws Exception {
    new Raw("/board/n0");
    Raw again = new Raw("/board/n0");
    assertEquals(1, count());
    change("1");
    again.expect("1");
    client.assertSilent();
  }

  @Test
  void hasFewObservationsOfANodeAndAnswersOthersWithoutTheOption() throws Exception {
    List<Raw> begun = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      begun.add(new Raw("/board/n0/" + i));
    }
    Request ninth = client.get("/board/n0/8");
    ninth.setObserve();
    Response response = client.ask(ninth);
    assertEquals(ResponseCode.CONTENT, response.getCode());
    assertNull(response.getOptions().getObserve());
    assertEquals(1L, observations().get("refused"));
    assertEquals(8, count());
    Request cancel = client.get("/board/n0/0");
    cancel.setToken(begun.get(0).token);
    cancel.setObserveCancel();
    client.ask(cancel);
    new Raw("/board/n0/8");
  }

  @Test
  void leavesRoomForNodesWithKeys() throws Exception {
    swapMeasured();
    for (int i = 0; i < 5_000; i++) {
      new Raw("/board/free-" + i);
    }
    Request request = client.get("/board/one-too-many");
    request.setObserve();
    assertNull(client.ask(request).getOptions().getObserve());
    assertEquals(5_000, count());
    assertTrue(observe(site.dtls("n1"), "/board/n1").next().getOptions().hasObserve());
    assertEquals(5_001, count());
    swapMeasured();
    assertEquals(5_001, count());
  }

  private void swapMeasured() {
    long begin = System.nanoTime();
    site.stop();
    long stopped = System.nanoTime();
    site.open();
    System.out.printf(
        "observations=%d octets=%d close ms=%d open ms=%d%n",
        count(),
        site.nodes.observations().length,
        (stopped - begin) / 1_000_000,
        (System.nanoTime() - stopped) / 1_000_000);
  }

  @Test
  void tellsObserversWhenSomebodyElseServes() throws Exception {
    Raw observation = new Raw("/board/n0");
    change("1");
    observation.expect("1");
    site.resources.remove(site.board);
    Board successor = new Board();
    successor.say("1");
    site.resources.add(successor, ServingSite.named("board", 2));
    client.assertSilent();
    Until.holds(() -> successor.asked.size() == 1);
    client.assertSilent();
    successor.say("2");
    site.endpoint.served().changed("board", "n0");
    observation.expect("2");
  }

  @Test
  void keepsAnObservationWhileItsResourceFails() throws Exception {
    Raw observation = new Raw("/board/n0");
    int before = site.board.asked.size();
    for (Function<Ask, CompletionStage<Answer>> failing : Board.FAILING) {
      site.board.answering = failing;
      int times = ++before;
      site.endpoint.served().changed("board", "n0");
      Until.holds(() -> site.board.asked.size() >= times);
      client.assertSilent();
    }
    change("well again");
    observation.expect("well again");
  }

  @Test
  void endsAnUnprotectedObservationWhenItsNodeIsGivenAKey() throws Exception {
    new Raw("/board/n0");
    site.keys.change(
        all -> {
          all.put("n0#1", new NodeKey("n0", "n0#1", Secret.copyOf(ServingSite.KEY)));
          return true;
        });
    change("not for everybody");
    client.assertSilent();
    awaitEnd("not admitted any more");
  }

  // ------------------------------------------------------------ nodes with keys

  /** An observation of a client that judges order and protection. */
  private final class Observed implements CoapHandler {
    private final BlockingQueue<Response> responses = new LinkedBlockingQueue<>();
    private Token token;

    @Override
    public void onLoad(CoapResponse response) {
      responses.add(response.advanced());
    }

    @Override
    public void onError() {
      // the test waits in vain
    }

    Response next() throws InterruptedException {
      Response next = responses.poll(ServingSite.HANG_MILLIS, TimeUnit.MILLISECONDS);
      assertTrue(next != null, () -> "nothing came: " + site.endpoint.served().status());
      return next;
    }

    void expect(String text) throws InterruptedException {
      Response next = next();
      token = next.getToken();
      assertEquals(text, next.getPayloadString());
    }

    Token token() {
      return token;
    }
  }

  private Observed observe(CoapEndpoint from, String path) throws Exception {
    Observed observed = new Observed();
    Request request = site.request(from, Code.GET, path);
    request.setObserve();
    CoapClient own = new CoapClient(request.getURI());
    own.setEndpoint(from).observe(request, observed);
    return observed;
  }

  private void changeOf(String node, String text) {
    site.board.say(text);
    site.endpoint.served().changed("board", node);
  }

  @Test
  void tellsNodesUnderEachProtectionOfLargeRepresentations() throws Exception {
    Observed dtls = observe(site.dtls("n1"), "/board/n1");
    Observed oscore = observe(site.oscore("n2"), "/board/n2");
    for (Observed one : List.of(dtls, oscore)) {
      one.expect("nothing");
    }
    for (int i = 0; i < 3; i++) {
      String text = PlugtestResources.text(3_001 + i);
      changeOf("n1", text);
      changeOf("n2", text);
      dtls.expect(text);
      oscore.expect(text);
    }
  }

  @Test
  void tellsNodesUnderEachProtection() throws Exception {
    Observed dtls = observe(site.dtls("n1"), "/board/n1");
    Observed oscore = observe(site.oscore("n2"), "/board/n2");
    for (Observed one : List.of(dtls, oscore)) {
      one.expect("nothing");
    }
    for (int i = 0; i < 5; i++) {
      changeOf("n1", "value " + i);
      changeOf("n2", "value " + i);
      dtls.expect("value " + i);
      oscore.expect("value " + i);
    }
    String large = PlugtestResources.text(3_001);
    changeOf("n1", large);
    dtls.expect(large);
    assertEquals(2, count());
  }

  @Test
  void isNotEndedByWhoeverKnowsItsToken() throws Exception {
    CoapEndpoint n1 = site.dtls("n1");
    Observed dtls = observe(n1, "/board/n1");
    Token token = dtls.next().getToken();
    for (boolean begins : new boolean[] {true, false}) {
      Request forged = client.get("/board/n1");
      forged.setToken(token);
      forged.getOptions().setObserve(begins ? 0 : 1);
      assertEquals(ResponseCode.FORBIDDEN, client.ask(forged).getCode());
    }
    changeOf("n1", "still told");
    dtls.expect("still told");
  }

  @Test
  void followsANodeUnderDtlsToAnotherAddress() throws Exception {
    try (Wire wire = new Wire(site.secure.getLocalPort())) {
      site.securePort = wire.port();
      CoapEndpoint n1 = site.dtls("n1");
      Observed dtls = observe(n1, "/board/n1/a");
      dtls.expect("nothing");
      wire.move();
      assertEquals("nothing", site.get(n1, "/board/n1").getPayloadString());
      changeOf("n1", "found");
      dtls.expect("found");
      site.get(n1, "/board/n1"); // behind the acknowledgement
      wire.move();
      site.swap();
      Request elsewhere = site.request(n1, Code.GET, "/.well-known/core");
      assertEquals(ResponseCode.CONTENT, site.ask(n1, elsewhere).getCode());
      changeOf("n1", "found by anything");
      dtls.expect("found by anything");
      assertEquals("found by anything", site.get(n1, "/board/n1").getPayloadString());
      changeOf("n1", "found again");
      dtls.expect("found again");
    }
  }

  /** OSCORE protects no empty message: whoever knows the address and the message ID writes one. */
  @Test
  void isEndedUnderOscoreByTheSecondResetInARow() throws Exception {
    try (Wire wire = new Wire(site.plain.getLocalPort())) {
      CoapEndpoint n2 = site.oscore("n2");
      site.get(n2, "/board/n2");
      Request request = new Request(Code.GET);
      request.setURI("coap://127.0.0.1:" + wire.port() + "/board/n2");
      request.getOptions().setOscore(new byte[0]).setObserve(0);
      assertTrue(site.ask(n2, request).getOptions().hasObserve());
      wire.toNode();
      n2.stop();
      for (int i = 0; i < 3; i++) {
        changeOf("n2", "alarm " + i);
        reset(wire, notification(wire));
        int again = notification(wire);
        assertEquals(1, count());
        wire.again(empty(0x60, again)); // the node has it
        client.assertSilent(); // it was read
      }
      changeOf("n2", "alarm");
      reset(wire, notification(wire));
      reset(wire, notification(wire));
      awaitEnd("reset by the node");
    }
  }

  private static int notification(Wire wire) {
    AtomicInteger id = new AtomicInteger(-1);
    Until.holds(
        () -> {
          wire.toNode().forEach(m -> id.set(m.getMID()));
          return id.get() >= 0;
        });
    return id.get();
  }

  private static byte[] empty(int first, int id) {
    return new byte[] {(byte) first, 0, (byte) (id >> 8), (byte) id};
  }

  private static void reset(Wire wire, int id) throws IOException {
    wire.again(empty(0x70, id));
  }

  /** The nonce of a request protects one answer at most (RFC 8613, section 8.3). */
  @Test
  void protectsWhateverItSendsLaterUnderNumbersOfTheGateway() throws Exception {
    CoapEndpoint n2 = site.oscore("n2");
    Observed oscore = observe(n2, "/board/n2");
    oscore.expect("nothing");
    BlockingQueue<Response> outer = new LinkedBlockingQueue<>();
    n2.addInterceptor(
        new MessageInterceptorAdapter() {
          @Override
          public void receiveResponse(Response response) {
            outer.add(response);
          }
        });
    changeOf("n2", "1");
    oscore.expect("1");
    site.swap();
    site.board.answering =
        ask ->
            CompletableFuture.completedFuture(
                new Answer(
                    Answer.Code.NOT_FOUND, OptionalInt.empty(), new byte[0], new byte[0], 60));
    site.endpoint.served().changed("board", "n2");
    assertTrue(outer.take().getOptions().getOscore().length > 0);
    Response end = outer.take();
    while (end.getOptions().hasObserve()) { // told again, if the swap was faster than its answer
      end = outer.take();
    }
    assertTrue(end.getOptions().getOscore().length > 0, "a number of its own");
    assertEquals(0, count());
  }

  /** An answer that cannot be protected does not stay pending: nothing could be parked again. */
  @Test
  void beginsNoObservationWithoutASequenceNumber() throws Exception {
    CoapEndpoint n2 = site.oscore("n2");
    assertEquals("nothing", site.get(n2, "/board/n2").getPayloadString());
    site.stop();
    Path epochs = folder.resolve("oscore-epoch");
    Files.delete(epochs);
    Files.createDirectories(epochs.resolve("in-the-way"));
    site.open();
    Request request = site.request(n2, Code.GET, "/board/n2");
    request.setObserve();
    assertEquals(ResponseCode.SERVICE_UNAVAILABLE, site.ask(n2, request).getCode());
    Until.holds(() -> site.endpoint.pending() == 0 && count() == 0);
    assertEquals("nothing", site.get(n2, "/board/n2").getPayloadString());
  }

  @Test
  void endsAnObservationWithoutASequenceNumber() throws Exception {
    Observed oscore = observe(site.oscore("n2"), "/board/n2");
    oscore.expect("nothing");
    site.stop();
    Path epochs = folder.resolve("oscore-epoch");
    Files.delete(epochs);
    Files.createDirectories(epochs.resolve("in-the-way"));
    site.open();
    awaitEnd("could not be sent");
  }

  @Test
  void goesOnUnderTheNextKeyOnceItsNodeHasRegisteredUnderIt() throws Exception {
    Observed before = observe(site.oscore("n2"), "/board/n2");
    before.expect("nothing");
    site.keys.change(
        all -> {
          all.put("n2#2", new NodeKey("n2", "n2#2", Secret.copyOf(ServingSite.KEY)));
          return true;
        });
    changeOf("n2", "under the one before");
    before.expect("under the one before");
    Observed after = observe(site.oscore("n2", 2), "/board/n2");
    after.expect("under the one before");
    assertEquals(1, count(), "the latest of a target");
    site.keys.change(
        all -> {
          all.remove("n2#1");
          return true;
        });
    site.swap();
    after.expect("under the one before"); // it was never acknowledged
    changeOf("n2", "under the next");
    after.expect("under the next");
    assertTrue(before.responses.isEmpty());
  }

  /** A node under OSCORE that comes to another key, and registers no more. */
  private final class Rotating implements AutoCloseable {
    private final AtomicLong numbers = new AtomicLong();
    private final GatewayContext context;
    private final CoapEndpoint own;
    private int generation = 1;

    Rotating() throws Exception {
      try (Secret key = key(1)) {
        context = GatewayContext.of("n2#1", key, Aead.AES_CCM_16_64_256, numbers::getAndIncrement);
      }
      own = site.oscore(context);
    }

    private static Secret key(int generation) {
      byte[] key = ServingSite.KEY.clone();
      key[31] ^= (byte) (generation - 1);
      return Secret.copyOf(key);
    }

    /** Speaks under its next key, so that the one before has an end. */
    void rotate() throws Exception {
      String before = "n2#" + generation++;
      String next = "n2#" + generation;
      assertEquals(
          List.of(OptionalInt.of(generation)),
          site.keys.succeed(
              List.of(new NodeKeys.Ask(before, next, NodeKey.ROTATED, (now, g) -> key(g)))));
      AtomicLong anew = new AtomicLong();
      try (Secret key = key(generation)) {
        context.next(next, key, Aead.AES_CCM_16_64_256, anew::getAndIncrement);
      }
      assertEquals(ResponseCode.CONTENT, site.get(own, "/board/n2").getCode());
      Until.holds(
          () ->
              site.keys.all().stream()
                  .anyMatch(k -> k.identity().equals(before) && k.untilSeconds() > 0));
    }

    @Override
    public void close() {
      context.close();
    }
  }

  @Test
  void goesOnUnderOscoreUnderTheNextKeysOfItsNode() throws Exception {
    try (Rotating node = new Rotating()) {
      Observed observed = observe(node.own, "/board/n2");
      observed.expect("nothing");
      node.rotate();
      changeOf("n2", "under the one before");
      observed.expect("under the one before");
      site.laterSeconds.addAndGet(86_401);
      changeOf("n2", "under the next");
      observed.expect("under the next");
      assertTrue(site.keys.node("n2#1").isEmpty());
      node.rotate();
      site.laterSeconds.addAndGet(86_401);
      site.swap();
      changeOf("n2", "and the one after it");
      observed.expect("and the one after it");
      assertTrue(site.keys.node("n2#2").isEmpty());
      assertEquals(1, count());
      assertEquals(Map.of(), observations().get("ended"));
      Request cancel = site.request(node.own, Code.GET, "/board/n2");
      cancel.setToken(observed.token());
      cancel.setObserveCancel();
      site.ask(node.own, cancel);
      awaitEnd("cancelled by the node");
    }
  }

  /** More than two keys of a node may be accepted at a time, and the gateway uses the first. */
  @Test
  void goesOnUnderOscoreWhileKeysChangeFasterThanTheyEnd() throws Exception {
    try (Rotating node = new Rotating()) {
      Observed observed = observe(node.own, "/board/n2");
      observed.expect("nothing");
      for (int i = 0; i < 3; i++) {
        node.rotate();
      }
      changeOf("n2", "under the first");
      observed.expect("under the first");
      // 1,537 minutes: an epoch that a client's 24 bits of Observe take for a little later
      site.laterSeconds.addAndGet(92_220);
      changeOf("n2", "under the fourth");
      observed.expect("under the fourth");
      node.rotate();
      site.swap(); // it goes on under the fourth
      node.rotate();
      changeOf("n2", "under the fourth still");
      observed.expect("under the fourth still");
      assertEquals(Map.of(), observations().get("ended"));
    }
  }

  @Test
  void doesNotGoOnUnderAKeyThatAnOperatorGave() throws Exception {
    try (Rotating node = new Rotating()) {
      observe(node.own, "/board/n2").expect("nothing");
      site.keys.change(
          all -> {
            all.clear();
            all.put("n2#9", new NodeKey("n2", "n2#9", Rotating.key(9)));
            return true;
          });
      changeOf("n2", "for another device");
      awaitEnd("not admitted any more");
    }
  }

  @Test
  void sendsNothingUnderAKeyThatIsRetiredButThatTheSessionEnds() throws Exception {
    try (Wire wire = new Wire(site.secure.getLocalPort())) {
      site.securePort = wire.port();
      Observed dtls = observe(site.dtls("n1"), "/board/n1");
      Observed oscore = observe(site.oscore("n2"), "/board/n2");
      dtls.expect("nothing");
      oscore.expect("nothing");
      site.keys.change(
          all -> {
            all.clear();
            return true;
          });
      wire.datagramsToNode();
      changeOf("n1", "secret");
      changeOf("n2", "secret");
      Until.holds(() -> count() == 0);
      assertEquals(Map.of("not admitted any more", 2L), observations().get("ended"));
      assertEquals(0L, observations().get("notifications"));
      List<byte[]> told = new ArrayList<>();
      Until.holds(() -> told.addAll(wire.datagramsToNode()) || !told.isEmpty());
      assertEquals(ALERT, told.get(0)[0], "close_notify");
    }
  }

  @Test
  void sendsNothingUnderAnotherKeyOfTheSameIdentity() throws Exception {
    Observed oscore = observe(site.oscore("n2"), "/board/n2");
    oscore.expect("nothing");
    byte[] other = ServingSite.KEY.clone();
    other[0] ^= 1;
    site.keys.change(
        all -> {
          all.put("n2#1", new NodeKey("n2", "n2#1", Secret.copyOf(other)));
          return true;
        });
    changeOf("n2", "for another device");
    awaitEnd("its key is gone");
    assertTrue(oscore.responses.isEmpty());
  }

  // ------------------------------------------------------------ hand-over

  /** Californium keeps the last 536 for multicast, unless it is told that there is none. */
  @Test
  void isAcknowledgedUnderEveryMessageId() throws Exception {
    Raw observation = new Raw("/board/n0");
    site.stop();
    byte[] exchanges = site.nodes.exchanges().clone();
    ByteBuffer counters = ByteBuffer.wrap(exchanges, 1 + 8 + 8, 2 * 4_096);
    while (counters.hasRemaining()) {
      counters.putShort((short) (65_536 - 4));
    }
    site.nodes.exchanges(exchanges, new byte[0]);
    site.open();
    observation.expect("nothing");
    for (int i = 0; i < 8; i++) {
      change("value " + i);
      observation.expect("value " + i);
    }
  }

  @Test
  void goesOnAfterASwapWithHigherNumbersAndTheSameToken() throws Exception {
    Raw observation = new Raw("/board/n0/a");
    change("1");
    observation.expect("1");
    for (int i = 2; i < 8; i++) {
      client.assertSilent(); // the acknowledgement was read
      site.swap();
      client.assertSilent(); // it has what there is
      change("value " + i);
      observation.expect("value " + i);
    }
    assertEquals(List.of("a"), site.board.asked.get(site.board.asked.size() - 1).path());
    assertEquals(1, count());
  }

  /** A node drops what has a number that it heard a moment ago (RFC 7252, section 4.5). */
  @Test
  void goesOnAfterASwapWithTheNumbersOfMessages() throws Exception {
    int before = client.ask(client.request(Type.NON, Code.GET, "/board/n0")).getMID();
    for (int i = 1; i <= 3; i++) {
      site.swap();
      Response after = client.ask(client.request(Type.NON, Code.GET, "/board/n0"));
      assertEquals(before + i & 0xffff, after.getMID());
    }
  }

  @Test
  void tellsAfterASwapWhatChangedMeanwhile() throws Exception {
    Raw observation = new Raw("/board/n0");
    site.stop();
    site.board.say("said in the gap");
    site.open();
    observation.expect("said in the gap");
    client.assertSilent();
  }

  @Test
  void sendsAgainAfterASwapWhatWasNotAcknowledged() throws Exception {
    Raw observation = new Raw("/board/n0");
    change("lost on the way");
    observation.next();
    site.swap();
    Response again = client.receiveResponse();
    assertEquals("lost on the way", again.getPayloadString());
    client.acknowledge(again);
    client.assertSilent();
    site.swap();
    client.assertSilent();
  }

  @Test
  void canBeCancelledAndResetAfterASwap() throws Exception {
    Raw first = new Raw("/board/n0/1");
    Raw second = new Raw("/board/n0/2");
    site.swap();
    client.acknowledge(client.receiveResponse());
    client.acknowledge(client.receiveResponse());
    Request cancel = client.get("/board/n0/1");
    cancel.setToken(first.token);
    cancel.setObserveCancel();
    client.ask(cancel);
    assertEquals(1, count());
    change("1");
    client.reset(second.next());
    awaitEnd("reset by the node");
  }

  @Test
  void goesOnUnderEachProtectionWithoutAnActOfTheNode() throws Exception {
    CoapEndpoint n1 = site.dtls("n1");
    Observed dtls = observe(n1, "/board/n1");
    Observed oscore = observe(site.oscore("n2"), "/board/n2");
    dtls.expect("nothing");
    oscore.expect("nothing");
    for (int i = 0; i < 5; i++) {
      site.stop();
      site.board.say("value " + i);
      site.open();
      dtls.expect("value " + i);
      oscore.expect("value " + i);
      changeOf("n1", "more " + i);
      changeOf("n2", "more " + i);
      dtls.expect("more " + i);
      oscore.expect("more " + i);
    }
    assertEquals(2, count());
    assertEquals("more 4", site.get(n1, "/board/n1").getPayloadString());
  }

  @Test
  void isDroppedIfItsConnectionOrKeyIsGone() throws Exception {
    Observed dtls = observe(site.dtls("n1"), "/board/n1");
    Observed oscore = observe(site.oscore("n2"), "/board/n2");
    dtls.expect("nothing");
    oscore.expect("nothing");
    site.stop();
    site.nodes.connections(new byte[0]);
    site.keys.change(
        all -> {
          all.remove("n2#1");
          return true;
        });
    site.board.say("secret");
    site.open();
    Until.holds(() -> count() == 0);
    assertEquals(
        Map.of("could not be sent", 1L, "not taken over", 1L), observations().get("ended"));
  }

  @Test
  void isDroppedIfTheStateIsMalformed() throws Exception {
    new Raw("/board/n0");
    site.stop();
    site.nodes.observations(new byte[] {1, 0, 0});
    site.open();
    assertEquals(0, count());
    new Raw("/board/n0");
  }

  @Test
  void isTakenOverWhateverBecameOfOthers() throws Exception {
    Raw a = new Raw("/board/n0/a");
    Raw b = new Raw("/board/n0/b");
    site.stop();
    byte[] state = site.nodes.observations();
    state[1 + 4 + 4 + 2] = '/'; // version, count, length, length: the name of the first
    site.nodes.observations(state);
    site.open();
    assertEquals(1, count());
    assertEquals(Map.of("not taken over", 1L), observations().get("ended"));
    b.expect("nothing");
    assertTrue(a.number > 0);
  }

  @Test
  void isKeptInTheStateOfTheEndpoint() throws Exception {
    Raw observation = new Raw("/board/n0");
    site.stop();
    byte[] state = Edition.write(Edition.BEST_FORMAT, site.nodes);
    byte[] read = Edition.read(Edition.BEST_FORMAT, state).observations();
    assertArrayEquals(site.nodes.observations(), read);
    site.open();
    observation.expect("nothing");
    assertFalse(read.length == 0);
  }
}
