package io.bellgate.ops.node.line;

import io.bellgate.nodeline.GatewayContext;
import io.bellgate.nodeline.NodeEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.scandium.DTLSConnector;

/**
 * A node's line to its gateway: one thing is asked at a time (NSTART = 1, RFC 7252, 4.7). Bodies go
 * block-wise where they are long.
 */
public final class Line implements AutoCloseable {
  private final Place place;
  private final NodeEndpoint made;
  private final Optional<GatewayContext> context;
  private final CoapEndpoint endpoint;
  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(2, Line::daemon);

  private Line(Place place, NodeEndpoint made, Optional<GatewayContext> context)
      throws IOException {
    this.place = place;
    this.made = made;
    this.context = context;
    endpoint = made.coap();
    endpoint.setExecutors(threads, threads);
    endpoint.start();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "node");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Opens a socket; nothing is sent yet.
   *
   * @param keying needed for protection
   */
  public static Line open(Place place, Optional<Keying> keying) throws IOException {
    Optional<GatewayContext> context =
        keying.filter(k -> place.protection() == Protection.OSCORE).map(Line::context);
    return new Line(place, endpoint(place.protection(), keying, context), context);
  }

  private static NodeEndpoint endpoint(
      Protection protection, Optional<Keying> keying, Optional<GatewayContext> context) {
    return switch (protection) {
      case PLAIN -> NodeEndpoint.plain();
      case DTLS -> NodeEndpoint.dtls(keying.orElseThrow().identity(), keying.orElseThrow().key());
      case OSCORE -> NodeEndpoint.oscore(context.orElseThrow());
    };
  }

  private static GatewayContext context(Keying under) {
    return GatewayContext.of(
        under.identity(), under.key(), under.aead(), under.numbers()::getAsLong);
  }

  /**
   * What is asked from now on goes under another key, and observations go on.
   *
   * @return false without OSCORE: then another line is needed, and all is observed anew
   */
  public boolean goOn(Keying under) {
    context.ifPresent(
        c -> c.next(under.identity(), under.key(), under.aead(), under.numbers()::getAsLong));
    return context.isPresent();
  }

  /** Methods of RFC 7252. */
  public enum Method {
    /** Reads. */
    GET,
    /** Says. */
    POST,
    /** Replaces. */
    PUT,
    /** Removes. */
    DELETE
  }

  /**
   * What is asked.
   *
   * @param path from the root, with {@code ?} before a query
   * @param payload empty for none
   * @param format CoAP Content-Format of it
   * @param confirmable whether it is repeated until it is acknowledged
   * @param accept CoAP Content-Format of the answer; empty for any
   */
  public record Question(
      Method method,
      String path,
      byte[] payload,
      int format,
      boolean confirmable,
      OptionalInt accept) {
    private static final int OCTETS = 42;

    /** Takes an answer of any format. */
    public Question(Method method, String path, byte[] payload, int format, boolean confirmable) {
      this(method, path, payload, format, confirmable, OptionalInt.empty());
    }

    /** Reads a resource. */
    public static Question get(String path) {
      return get(path, OptionalInt.empty());
    }

    /** Reads a resource in a format. */
    public static Question get(String path, OptionalInt accept) {
      return new Question(Method.GET, path, new byte[0], OCTETS, true, accept);
    }

    /** Posts octets. */
    public static Question post(String path, byte[] payload) {
      return new Question(Method.POST, path, payload, OCTETS, true);
    }
  }

  private Request request(Question question) {
    Request request =
        new Request(
            Code.valueOf(question.method().name()), question.confirmable() ? Type.CON : Type.NON);
    String path = question.path();
    request.setURI(place.uri() + (path.startsWith("/") ? path : "/" + path));
    if (question.payload().length > 0) {
      request.setPayload(question.payload());
      request.getOptions().setContentFormat(question.format());
    }
    question.accept().ifPresent(request.getOptions()::setAccept);
    if (place.protection() == Protection.OSCORE) {
      request.getOptions().setOscore(new byte[0]);
    }
    return request;
  }

  /**
   * Asks and waits.
   *
   * @param bound the longest to wait
   * @return empty if no answer came
   * @throws IllegalArgumentException if the host is not known or the path is none
   */
  public Optional<Answer> ask(Question question, Duration bound) throws InterruptedException {
    Request request = request(question);
    try {
      request.send(endpoint);
      Response response = request.waitForResponse(bound.toMillis());
      return Optional.ofNullable(response).map(Answer::of);
    } finally {
      request.cancel();
    }
  }

  /** Under DTLS, has the next question begin with a handshake. */
  public void shakeHandsAgain() {
    if (endpoint.getConnector() instanceof DTLSConnector dtls) {
      dtls.forceResumeAllSessions();
    }
  }

  /** Ends an observation. */
  public interface Observation {
    /** Tells the gateway, and does not wait for its answer. */
    void end();
  }

  /**
   * Observes a resource (RFC 7641). Under OSCORE it is read once before: if the gateway asks first
   * whether this node is fresh, Californium forgets that the request was to observe.
   *
   * @param bound the longest to wait for that
   * @param each called for each answer in the order of their numbers, on another thread
   * @param none called if no answer came
   */
  public Observation observe(
      Question question, Duration bound, Consumer<Answer> each, Runnable none)
      throws InterruptedException {
    if (place.protection() == Protection.OSCORE) {
      ask(question, bound);
    }
    Request request = request(question);
    request.setObserve();
    CoapClient client = new CoapClient(place.uri());
    client.setEndpoint(endpoint);
    client.setExecutors(threads, threads, true);
    CoapObserveRelation relation =
        client.observe(
            request,
            new CoapHandler() {
              @Override
              public void onLoad(CoapResponse response) {
                each.accept(Answer.of(response.advanced()));
              }

              @Override
              public void onError() {
                none.run();
              }
            });
    return relation::proactiveCancel;
  }

  @Override
  public void close() {
    made.close();
    threads.shutdownNow();
  }
}
