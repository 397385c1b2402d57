package io.bellgate.coap.node.served;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.node.Answer;
import io.bellgate.api.node.Ask;
import io.bellgate.api.node.NodeResource;
import io.bellgate.api.ops.FakeClock;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfiles;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.EmptyMessage;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.InMemoryMessageExchangeStore;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.AddressEndpointContext;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The list of observers over an endpoint that is in a hurry, and a node that is a bare socket. */
class ObservingTest {
  private static final int HANG_MILLIS = 20_000;

  static {
    CoapConfig.register();
    UdpConfig.register();
  }

  private final FakeClock clock = new FakeClock();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final NodeResources resources = new NodeResources();
  private volatile String text = "1";
  private volatile boolean isBroken;
  private Outlet outlet;
  private DatagramSocket node;
  private Observing observing;

  private static Outlet outlet() {
    Configuration configuration =
        new Configuration()
            .set(CoapConfig.ACK_TIMEOUT, 150, TimeUnit.MILLISECONDS)
            .set(CoapConfig.MAX_RETRANSMIT, 2);
    InMemoryMessageExchangeStore store = new InMemoryMessageExchangeStore(configuration);
    return new Outlet(
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setInetSocketAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .setMessageExchangeStore(store)
            .build(),
        store);
  }

  @BeforeEach
  void open() throws Exception {
    outlet = outlet();
    outlet.endpoint().setExecutors(timer, timer);
    outlet.endpoint().start();
    node = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    node.setSoTimeout(HANG_MILLIS);
    resources.add(
        ask ->
            CompletableFuture.completedFuture(
                new Answer(
                    Answer.Code.CONTENT,
                    OptionalInt.empty(),
                    text.getBytes(StandardCharsets.UTF_8),
                    text.getBytes(StandardCharsets.UTF_8),
                    60)),
        Map.of(NodeResource.NAME, "board", "service.id", 1L));
    observing = observing(outlet);
    observing.resume();
  }

  private Observing observing(Outlet over) {
    return new Observing(
        new Asking(resources, timer),
        new Admission(
            new NodeKeys(Path.of("no-such-file")),
            new NodeProfiles(Path.of("no-such-file")),
            identity -> {},
            (identity, from) -> {}),
        new Notices(over, Optional.empty(), Optional.empty(), timer),
        this::now,
        timer);
  }

  private Instant now() {
    if (isBroken) {
      throw new NoClassDefFoundError("refreshed");
    }
    return clock.instant();
  }

  @AfterEach
  void close() {
    outlet.endpoint().destroy();
    timer.shutdownNow();
    node.close();
  }

  /** Begins an observation of {@code /board/n1/PATH}. */
  private void observe(String path) {
    Observation one = register(path).orElseThrow();
    Answer answer =
        new Answer(Answer.Code.CONTENT, OptionalInt.empty(), new byte[0], new byte[0], 60);
    observing.begin(one, answer, Translation.response(answer));
    observing.begun(one);
  }

  private Optional<Observation> register(String path) {
    Request request = new Request(Code.GET);
    request.setToken(new Token(path.substring(0, 1).getBytes(StandardCharsets.US_ASCII)));
    request.setSourceContext(
        new AddressEndpointContext((InetSocketAddress) node.getLocalSocketAddress()));
    Ask ask =
        new Ask(
            "n1",
            "none",
            Ask.Method.GET,
            List.of(path),
            List.of(),
            OptionalInt.empty(),
            new byte[0],
            OptionalInt.empty());
    return observing.register("board", ask, request);
  }

  /** Or it would be told until the next swap, and then never again. */
  @Test
  void refusesWhatCouldNotBeHandedOver() {
    assertTrue(register("a".repeat(255)).isPresent());
    assertEquals(Optional.empty(), register("b" + "\ufffd".repeat(254)));
    assertEquals(1L, observing.status().get("refused"));
  }

  private Response receive() throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[1_500], 1_500);
    node.receive(packet);
    return (Response)
        new UdpDataParser().parseMessage(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  private void acknowledge(Response response) throws Exception {
    EmptyMessage ack = new EmptyMessage(Type.ACK);
    ack.setMID(response.getMID());
    ack.setToken(Token.EMPTY);
    byte[] octets = new UdpDataSerializer().getByteArray(ack);
    node.send(new DatagramPacket(octets, octets.length, outlet.endpoint().getAddress()));
  }

  private void await(String why, long times) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HANG_MILLIS);
    while (!Long.valueOf(times).equals(ended().get(why))) {
      assertTrue(System.nanoTime() < until, () -> "ended: " + ended());
      Thread.onSpinWait();
    }
  }

  private Map<?, ?> ended() {
    return (Map<?, ?>) observing.status().get("ended");
  }

  @Test
  void endsAllObservationsOfAnEndThatDoesNotAnswer() throws Exception {
    observe("a");
    observe("b");
    observing.changed("board", "n1");
    Response first = receive();
    assertEquals(Type.CON, first.getType());
    for (int i = 0; i < 2; i++) { // MAX_RETRANSMIT
      Response again = receive();
      assertEquals(first.getMID(), again.getMID());
      assertEquals(first.getOptions().getObserve(), again.getOptions().getObserve());
    }
    await("not acknowledged", 2);
    assertEquals(0, observing.status().get("now"));
  }

  /** Or it would send on an endpoint that has not started, and end what could not be sent. */
  @Test
  void tellsNobodyBeforeItHasBegun() throws Exception {
    outlet.endpoint().destroy();
    outlet = outlet();
    outlet.endpoint().setExecutors(timer, timer);
    observing = observing(outlet);
    observe("a");
    observing.changed("board");
    observing.changed("board", "n1");
    observing.sweep();
    awaitTimer();
    assertEquals(0L, observing.status().get("notifications"));
    assertEquals(1, observing.status().get("now"));
    outlet.endpoint().start();
    observing.resume();
    Response response = receive();
    assertEquals("1", response.getPayloadString());
    acknowledge(response);
    awaitIdle();
    assertEquals(1L, observing.status().get("notifications"));
    assertEquals(1, observing.status().get("now"));
  }

  @Test
  void triesAgainWhateverGoesWrong() throws Exception {
    observe("a");
    observe("b");
    isBroken = true;
    observing.changed("board", "n1");
    awaitTimer();
    assertEquals(0L, observing.status().get("notifications"));
    isBroken = false;
    text = "2";
    observing.changed("board", "n1");
    for (int i = 0; i < 2; i++) {
      Response response = receive();
      assertEquals("2", response.getPayloadString());
      acknowledge(response);
    }
    awaitIdle();
    assertEquals(2, observing.status().get("now"));
  }

  @Test
  void keepsNothingOfANotificationThatIsDone() throws Exception {
    observe("a");
    for (int i = 0; i < 10; i++) {
      text = "value " + i;
      observing.changed("board", "n1");
      Response response = receive();
      while (!response.getPayloadString().equals(text)) { // one more was on its way
        response = receive();
      }
      acknowledge(response);
    }
    observe("b");
    observing.changed("board", "n1");
    await("not acknowledged", 2);
    awaitNothingUnderWay();
  }

  private void awaitNothingUnderWay() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HANG_MILLIS);
    while (!outlet.store().isEmpty()) {
      assertTrue(System.nanoTime() < until, () -> "kept: " + outlet.store());
      Thread.onSpinWait();
    }
  }

  @Test
  void asksASilentNodeOnceADayWhetherItListens() throws Exception {
    observe("a");
    observing.changed("board", "n1");
    Response first = receive();
    acknowledge(first);
    awaitIdle();
    long sent = (long) observing.status().get("notifications");
    observing.sweep();
    clock.advance(Duration.ofHours(23));
    observing.sweep();
    observing.changed("board", "n1");
    awaitIdle();
    assertEquals(sent, observing.status().get("notifications"), "it is known to have it");
    clock.advance(Duration.ofHours(1));
    observing.sweep();
    Response response = receive();
    assertEquals("1", response.getPayloadString());
    acknowledge(response);
    awaitIdle();
    observing.sweep();
    awaitIdle();
    assertEquals(sent + 1, observing.status().get("notifications"));
  }

  /** What was sent is acknowledged, and what that began is done: the timer works in its order. */
  private void awaitIdle() throws Exception {
    awaitNothingUnderWay();
    awaitTimer();
  }

  private void awaitTimer() throws Exception {
    for (int i = 0; i < 10; i++) {
      timer.schedule(() -> {}, 0, TimeUnit.MILLISECONDS).get(HANG_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
