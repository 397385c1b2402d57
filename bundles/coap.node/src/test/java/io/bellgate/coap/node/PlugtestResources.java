package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.APPLICATION_LINK_FORMAT;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.APPLICATION_XML;
import static org.eclipse.californium.core.coap.MediaTypeRegistry.TEXT_PLAIN;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.LinkFormat;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.stack.ReliabilityLayerParameters;
import org.eclipse.californium.core.observe.ObserveRelation;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;

/**
 * The resources that the ETSI CoAP plugtests (CoAP#4; TD_COAP_CORE, LINK, BLOCK and OBS) ask of a
 * server, and the one that Californium's checks of OSCORE ask for. A resource takes and returns
 * whole bodies; blocks are the endpoint's business.
 */
final class PlugtestResources {
  /** Seconds that an observed representation stays fresh. */
  static final int OBSERVED_MAX_AGE_SECONDS = 5;

  /** A body that is no multiple of a block's size. */
  static final String LARGE = text(1_937);

  private static final ReliabilityLayerParameters HURRIED =
      ReliabilityLayerParameters.builder()
          .applyConfig(Endpoint.configuration())
          .ackTimeout(100)
          .ackRandomFactor(1)
          .ackTimeoutScale(1)
          .build();

  final Stored test = new Stored("test", "a test");
  final Stored oscore = new Stored("oscore", "Hello, World!");
  final Stored validate = new Stored("validate", "as it was first");
  final Stored largeUpdate = new Stored("large-update", LARGE);
  final Slow separate = new Slow();
  final Observed obs = new Observed("obs", Type.CON, "0");
  final Observed obsNon = new Observed("obs-non", Type.NON, "0");
  final Observed obsLarge = new Observed("obs-large", Type.CON, LARGE);
  final Observed obsPumping = new Observed("obs-pumping", Type.CON, "0");
  final Observed obsPumpingNon = new Observed("obs-pumping-non", Type.NON, "0");

  /** A text of so many octets, the same each time. */
  static String text(int octets) {
    return new Random(octets)
        .ints(octets, 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** All of them. */
  Resource[] all() {
    test.onPost(e -> created(e, "location1/location2/location3", ""));
    List<Resource> all =
        new ArrayList<>(
            List.of(test, validate, largeUpdate, separate, obs, obsNon, obsLarge, obsPumping));
    all.add(obsPumpingNon);
    all.add(oscore);
    all.add(new Stored("create1", null));
    all.add(new Stored("large", LARGE).sized());
    all.add(new Stored("seg1", "1").with(new Stored("seg2", "2").with(new Stored("seg3", "3"))));
    all.add(new Stored("query", null).onGet(PlugtestResources::queries));
    all.add(new Stored("location-query", "").onPost(e -> created(e, "", "first=1&second=2")));
    all.add(new Stored("multi-format", null).onGet(PlugtestResources::textOrXml));
    all.add(largeCreate());
    all.add(new Stored("large-post", "").onPost(PlugtestResources::shout));
    all.add(new Stored("obs-reset", "").onPost(this::forgetObservers));
    all.add(new Stored("link1", "1").described("Type1 Type2", "If1").sized());
    all.add(new Stored("link2", "2").described("Type2 Type3", "If2").sized());
    all.add(new Stored("link3", "3").described("Type1 Type3", "foo"));
    all.add(new Stored("link4", "4").described("", null));
    all.add(path());
    return all.toArray(Resource[]::new);
  }

  private static Resource path() {
    Stored path = new Stored("path", null);
    path.getAttributes().addContentType(APPLICATION_LINK_FORMAT);
    for (int i = 1; i <= 3; i++) {
      path.add(new Stored("sub" + i, "/path/sub" + i));
    }
    return path.onGet(
        e ->
            e.respond(
                ResponseCode.CONTENT,
                LinkFormat.serialize(LinkFormat.getSubTree(path)),
                APPLICATION_LINK_FORMAT));
  }

  private static Resource largeCreate() {
    AtomicInteger count = new AtomicInteger();
    Stored parent = new Stored("large-create", "");
    return parent.onPost(
        e -> {
          String name = "n" + count.incrementAndGet();
          parent.add(new Stored(name, new String(e.getRequestPayload(), UTF_8)));
          created(e, "large-create/" + name, "");
        });
  }

  private static void created(CoapExchange exchange, String path, String query) {
    Response response = new Response(ResponseCode.CREATED);
    Arrays.stream(path.split("/"))
        .filter(s -> !s.isEmpty())
        .forEach(response.getOptions()::addLocationPath);
    Arrays.stream(query.split("&"))
        .filter(s -> !s.isEmpty())
        .forEach(response.getOptions()::addLocationQuery);
    exchange.respond(response);
  }

  private static void queries(CoapExchange exchange) {
    exchange.respond(
        ResponseCode.CONTENT,
        String.join(" ", exchange.getRequestOptions().getUriQuery()),
        TEXT_PLAIN);
  }

  private static void textOrXml(CoapExchange exchange) {
    OptionSet options = exchange.getRequestOptions();
    int format = options.hasAccept() ? options.getAccept() : TEXT_PLAIN;
    switch (format) {
      case TEXT_PLAIN -> exchange.respond(ResponseCode.CONTENT, "seven", TEXT_PLAIN);
      case APPLICATION_XML -> exchange.respond(ResponseCode.CONTENT, "<n>7</n>", APPLICATION_XML);
      default -> exchange.respond(ResponseCode.NOT_ACCEPTABLE);
    }
  }

  private static void shout(CoapExchange exchange) {
    String said = new String(exchange.getRequestPayload(), UTF_8);
    exchange.respond(ResponseCode.CHANGED, said.toUpperCase(Locale.ROOT), TEXT_PLAIN);
  }

  private void forgetObservers(CoapExchange exchange) {
    obs.clearObserveRelations();
    exchange.respond(ResponseCode.CHANGED);
  }

  /** Has a body, or none yet; it is replaced under the conditions of RFC 7252, 5.10.8. */
  static final class Stored extends CoapResource {
    private final AtomicInteger requests = new AtomicInteger();
    private Consumer<CoapExchange> get = this::read;
    private Consumer<CoapExchange> post = super::handlePOST;
    private byte[] body;
    private int format = TEXT_PLAIN;

    Stored(String name, String body) {
      super(name);
      this.body = body == null ? null : body.getBytes(UTF_8);
    }

    Stored onGet(Consumer<CoapExchange> action) {
      get = action;
      return this;
    }

    Stored onPost(Consumer<CoapExchange> action) {
      post = action;
      return this;
    }

    Stored with(Resource child) {
      add(child);
      return this;
    }

    Stored sized() {
      getAttributes().setMaximumSizeEstimate(body.length);
      return this;
    }

    Stored described(String types, String interfaceDescription) {
      Arrays.stream(types.split(" ", -1)).forEach(getAttributes()::addResourceType);
      if (interfaceDescription != null) {
        getAttributes().addInterfaceDescription(interfaceDescription);
      }
      return this;
    }

    /** Requests that reached it. */
    int requests() {
      return requests.get();
    }

    synchronized String text() {
      return new String(body, UTF_8);
    }

    private byte[] tag() {
      return ByteBuffer.allocate(4).putInt(Arrays.hashCode(body)).array();
    }

    @Override
    public void handleGET(CoapExchange exchange) {
      requests.incrementAndGet();
      get.accept(exchange);
    }

    private synchronized void read(CoapExchange exchange) {
      if (body == null) {
        exchange.respond(ResponseCode.NOT_FOUND);
        return;
      }
      boolean fresh = exchange.getRequestOptions().containsETag(tag());
      Response response = new Response(fresh ? ResponseCode.VALID : ResponseCode.CONTENT);
      response.getOptions().addETag(tag());
      if (!fresh) {
        response.getOptions().setContentFormat(format);
        response.setPayload(body);
      }
      exchange.respond(response);
    }

    @Override
    public synchronized void handlePUT(CoapExchange exchange) {
      requests.incrementAndGet();
      OptionSet options = exchange.getRequestOptions();
      boolean exists = body != null;
      if (exists && options.hasIfNoneMatch()
          || options.getIfMatchCount() > 0 && !(exists && options.isIfMatch(tag()))) {
        exchange.respond(ResponseCode.PRECONDITION_FAILED);
        return;
      }
      body = exchange.getRequestPayload();
      format = Math.max(TEXT_PLAIN, options.getContentFormat());
      exchange.respond(exists ? ResponseCode.CHANGED : ResponseCode.CREATED);
    }

    @Override
    public void handlePOST(CoapExchange exchange) {
      requests.incrementAndGet();
      post.accept(exchange);
    }

    @Override
    public void handleDELETE(CoapExchange exchange) {
      requests.incrementAndGet();
      exchange.respond(ResponseCode.DELETED);
    }
  }

  /** Answers when the test says so. */
  static final class Slow extends CoapResource {
    private static final long HANG_SECONDS = 20;

    private final AtomicInteger requests = new AtomicInteger();
    private final BlockingQueue<CoapExchange> waiting = new LinkedBlockingQueue<>();

    Slow() {
      super("separate");
    }

    int requests() {
      return requests.get();
    }

    @Override
    public void handleGET(CoapExchange exchange) {
      requests.incrementAndGet();
      exchange.accept();
      waiting.add(exchange);
    }

    /**
     * Answers who asked first; a confirmable answer is repeated every 100 ms until it is
     * acknowledged.
     */
    void answer(String text) throws IOException {
      Response response = new Response(ResponseCode.CONTENT);
      response.getOptions().setContentFormat(TEXT_PLAIN);
      response.setPayload(text);
      response.setReliabilityLayerParameters(HURRIED);
      asked().respond(response);
    }

    private CoapExchange asked() throws IOException {
      try {
        CoapExchange exchange = waiting.poll(HANG_SECONDS, TimeUnit.SECONDS);
        assertNotNull(exchange, "nobody asked");
        return exchange;
      } catch (InterruptedException e) {
        throw new InterruptedIOException();
      }
    }
  }

  /** Tells its observers when it changes. */
  static final class Observed extends CoapResource {
    private volatile ReliabilityLayerParameters pace;
    private byte[] body;
    private int format = TEXT_PLAIN;

    Observed(String name, Type notifications, String body) {
      super(name);
      this.body = body.getBytes(UTF_8);
      setObservable(true);
      setObserveType(notifications);
      getAttributes().setObservable();
    }

    /** From now on a notification is repeated every 100 ms, 4 times, instead of within 93 s. */
    void hurry() {
      pace = HURRIED;
    }

    void change(String text) {
      synchronized (this) {
        body = text.getBytes(UTF_8);
      }
      changed();
    }

    @Override
    public synchronized void handleGET(CoapExchange exchange) {
      if (body == null) {
        exchange.respond(ResponseCode.NOT_FOUND);
        return;
      }
      Response response = new Response(ResponseCode.CONTENT);
      response.getOptions().setContentFormat(format);
      response.getOptions().setMaxAge(OBSERVED_MAX_AGE_SECONDS);
      ObserveRelation relation = exchange.advanced().getRelation();
      if (relation != null && !relation.isCanceled()) {
        // left to itself Californium numbers a notification when it is sent: two of them may then
        // have the number of the later one, and a client drops the second (RFC 7641, 3.4)
        response.getOptions().setObserve(getNotificationSequenceNumber());
      }
      response.setPayload(body);
      response.setReliabilityLayerParameters(pace);
      exchange.respond(response);
    }

    /** RFC 7641, 4.2: a representation of another format ends the observations. */
    @Override
    public void handlePUT(CoapExchange exchange) {
      int now = Math.max(TEXT_PLAIN, exchange.getRequestOptions().getContentFormat());
      boolean same;
      synchronized (this) {
        same = body != null && now == format;
        body = exchange.getRequestPayload();
        format = now;
      }
      exchange.respond(ResponseCode.CHANGED);
      if (same) {
        changed();
      } else {
        clearAndNotifyObserveRelations(ResponseCode.NOT_ACCEPTABLE);
      }
    }

    @Override
    public void handleDELETE(CoapExchange exchange) {
      synchronized (this) {
        body = null;
      }
      exchange.respond(ResponseCode.DELETED);
      clearAndNotifyObserveRelations(ResponseCode.NOT_FOUND);
    }
  }
}
