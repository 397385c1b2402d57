package io.bellgate.peer.link;

import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * One session: frames over a secured channel. A thread reads, one writes, one hands requests to
 * services in order; streams are read on threads of their own. The lock on {@code waiting} guards
 * the requests.
 */
final class Session implements PeerSession {
  private static final System.Logger LOG = System.getLogger(Session.class.getName());
  private static final int VERSION = 1;
  private static final int MOST_INCOMING = 1_024;
  private static final String NOT_READ =
      "BG-PEER-008 a peer reads what it asked for: most frames="
          + Outlet.MOST_FRAMES
          + " octets="
          + Outlet.MOST_OCTETS;

  /**
   * Silence after which a peer is asked whether it is there; three times as long ends the session.
   */
  static final int PING_MILLIS = 5_000;

  private record Asked(String service, byte[] body, CompletableFuture<byte[]> answer) {}

  private final Tls.Secured secured;
  private final Socket socket;
  private final boolean initiator;
  private final int window;
  private final Function<String, Optional<PeerService>> services;
  private final Outlet outlet;
  private final Streams streams;
  private final AtomicInteger ids = new AtomicInteger();
  private final AtomicInteger incoming = new AtomicInteger();
  private final Map<Integer, Asked> inFlight = new ConcurrentHashMap<>();
  private final Deque<Asked> waiting = new ArrayDeque<>();
  private final ExecutorService dispatcher;
  private final long sinceMillis = System.currentTimeMillis();
  private volatile boolean alive = true;
  private volatile boolean partedPolitely;
  private volatile String end = "";

  Session(
      Tls.Secured secured,
      Socket socket,
      boolean initiator,
      int window,
      Function<String, Optional<PeerService>> services) {
    this.secured = secured;
    this.socket = socket;
    this.initiator = initiator;
    this.window = window;
    this.services = services;
    this.outlet = new Outlet(secured.out(), () -> end(NOT_READ));
    this.streams = new Streams(outlet);
    this.dispatcher =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "peer-dispatch-" + secured.peer()));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Exchanges HELLO; throws if the peer speaks no common version. */
  void hello() throws IOException {
    Thread writer = daemon(this::write, "peer-write-" + peer());
    writer.start();
    outlet.put(new Frame(Frame.Type.HELLO, 0, new byte[] {VERSION, VERSION}));
    Frame hello;
    try {
      hello = Frame.read(new DataInputStream(secured.in()));
    } catch (IOException | RuntimeException e) {
      end("the peer did not say hello"); // ends the writer's thread too
      throw e;
    }
    if (hello.type() != Frame.Type.HELLO
        || hello.body().length != 2
        || hello.body()[0] > VERSION
        || hello.body()[1] < VERSION) {
      outlet.close();
      throw new ProtocolError(
          "BG-PEER-006", "the peer speaks no common protocol version: ours=" + VERSION);
    }
    socket.setSoTimeout(PING_MILLIS * 3);
  }

  /** Reads until the session ends; returns on the thread that called. */
  void run() {
    Thread pinger = daemon(this::ping, "peer-ping-" + peer());
    pinger.start();
    try {
      DataInputStream in = new DataInputStream(secured.in());
      while (alive) {
        handle(Frame.read(in));
      }
    } catch (IOException | RuntimeException e) {
      end(e.getMessage() == null ? e.toString() : e.getMessage());
    } finally {
      pinger.interrupt();
    }
  }

  private void ping() {
    try {
      while (alive) {
        TimeUnit.MILLISECONDS.sleep(PING_MILLIS);
        outlet.put(Frame.of(Frame.Type.PING, 0));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      outlet.run();
      secured.tls().close();
    } catch (IOException e) {
      end(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(Frame frame) throws ProtocolError {
    switch (frame.type()) {
      case REQUEST -> requested(frame);
      case ANSWER ->
          answered(frame).ifPresent(a -> dispatch(() -> a.answer().complete(frame.body())));
      case FAILURE ->
          answered(frame)
              .ifPresent(a -> dispatch(() -> a.answer().completeExceptionally(failure(frame))));
      case OPEN -> opened(frame);
      case PING -> outlet.put(Frame.of(Frame.Type.PONG, 0));
      case PONG -> {}
      case GOAWAY -> {
        partedPolitely = true;
        end("the peer went away and will be back");
      }
      case HELLO -> throw new ProtocolError("BG-PEER-003", "HELLO comes once");
      default -> streams.handle(frame);
    }
  }

  /** On the dispatcher; here if the session has just ended: an answer that came is never lost. */
  private void dispatch(Runnable completion) {
    try {
      dispatcher.execute(completion);
    } catch (RejectedExecutionException e) {
      completion.run();
    }
  }

  private void requested(Frame frame) throws ProtocolError {
    String service = frame.service();
    if (incoming.incrementAndGet() > MOST_INCOMING) {
      throw new ProtocolError(
          "BG-PEER-004", "at most " + MOST_INCOMING + " requests wait for an answer");
    }
    dispatcher.execute(() -> serve(frame, service));
  }

  private void serve(Frame frame, String service) {
    CompletionStage<byte[]> answer;
    try {
      answer =
          services
              .apply(service)
              .orElseThrow(
                  () ->
                      new PeerFailure(
                          PeerFailure.Reason.NO_SERVICE, "no such service now: service=" + service))
              .handle(peer(), frame.requestBody());
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    answer.whenComplete(
        (octets, failure) -> {
          incoming.decrementAndGet();
          boolean fits = octets != null && octets.length <= MAX_BODY_OCTETS;
          outlet.put(
              failure == null && fits
                  ? new Frame(Frame.Type.ANSWER, frame.id(), octets)
                  : failed(frame.id(), failure));
        });
  }

  private Frame failed(int id, Throwable failure) {
    Throwable cause =
        failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof Gone) {
      cause = new PeerFailure(PeerFailure.Reason.NO_SERVICE, "the service is being swapped");
    }
    PeerFailure.Reason reason =
        cause instanceof PeerFailure known ? known.reason() : PeerFailure.Reason.REFUSED;
    if (!(cause instanceof PeerFailure)) {
      LOG.log(System.Logger.Level.WARNING, "a service failed on a request of " + peer(), cause);
    }
    String text =
        cause instanceof PeerFailure ? String.valueOf(cause.getMessage()) : "the service failed";
    byte[] words = text.getBytes(StandardCharsets.UTF_8);
    byte[] body = new byte[1 + Math.min(words.length, 400)];
    body[0] = (byte) reason.ordinal();
    System.arraycopy(words, 0, body, 1, body.length - 1);
    return new Frame(Frame.Type.FAILURE, id, body);
  }

  private static PeerFailure failure(Frame frame) {
    int reason = frame.body().length == 0 ? -1 : frame.body()[0];
    if (reason < 0 || reason >= PeerFailure.Reason.values().length) {
      return new PeerFailure(PeerFailure.Reason.REFUSED, "the peer gave no known reason");
    }
    return new PeerFailure(
        PeerFailure.Reason.values()[reason],
        new String(frame.body(), 1, frame.body().length - 1, StandardCharsets.UTF_8));
  }

  /** The request that an answer belongs to; makes room for the next. */
  private Optional<Asked> answered(Frame frame) {
    Asked asked = inFlight.remove(frame.id());
    synchronized (waiting) {
      Asked next = inFlight.size() < window ? waiting.poll() : null;
      if (next != null) {
        send(next);
      }
    }
    return Optional.ofNullable(asked);
  }

  private void send(Asked asked) {
    int id = ids.incrementAndGet();
    inFlight.put(id, asked);
    outlet.put(Frame.request(id, asked.service(), asked.body()));
  }

  private void opened(Frame frame) throws ProtocolError {
    String service = new String(frame.body(), StandardCharsets.US_ASCII);
    Streams.Reader reader = streams.opened(frame.id());
    daemon(
            () -> {
              try (reader) {
                services
                    .apply(service)
                    .orElseThrow(() -> new PeerFailure(PeerFailure.Reason.NO_SERVICE, service))
                    .read(peer(), reader);
              } catch (RuntimeException e) {
                LOG.log(
                    System.Logger.Level.INFO,
                    "a stream of {0} was not read: {1}",
                    peer(),
                    e.getMessage());
              }
            },
            "peer-stream-" + peer())
        .start();
  }

  @Override
  public Level level() {
    return Level.PQC;
  }

  @Override
  public String peer() {
    return secured.peer();
  }

  @Override
  public boolean initiator() {
    return initiator;
  }

  @Override
  public CompletionStage<byte[]> request(String service, byte[] body) {
    if (body.length > MAX_BODY_OCTETS) {
      throw new IllegalArgumentException(
          "a request has at most " + MAX_BODY_OCTETS + " octets: octets=" + body.length);
    }
    Asked asked = new Asked(service, body, new CompletableFuture<>());
    synchronized (waiting) {
      if (!alive) {
        return CompletableFuture.failedFuture(
            new PeerFailure(PeerFailure.Reason.DISCONNECTED, end));
      }
      if (inFlight.size() < window && waiting.isEmpty()) {
        send(asked);
      } else {
        waiting.add(asked);
      }
    }
    return asked.answer();
  }

  @Override
  public PeerStream open(String service) {
    return streams.open(ids.incrementAndGet(), service);
  }

  @Override
  public boolean alive() {
    return alive;
  }

  String protocol() {
    return secured.protocol();
  }

  long sinceMillis() {
    return sinceMillis;
  }

  /** Why it ended. */
  String endedBecause() {
    return end;
  }

  /** True if the peer said that it will be back at once. */
  boolean partedPolitely() {
    return partedPolitely;
  }

  /** Says goodbye and ends. */
  void leave() {
    outlet.put(Frame.of(Frame.Type.GOAWAY, 0));
    outlet.close();
    partedPolitely = true;
    fail("this gateway went away");
    // the writer closes the channel after the last frame; the socket after a bound in any case
    daemon(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(500);
                socket.close();
              } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "peer-leave-" + peer())
        .start();
  }

  void end(String why) {
    fail(why);
    outlet.close();
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a socket did not close", e);
    }
  }

  private void fail(String why) {
    synchronized (waiting) {
      if (!alive) {
        return;
      }
      alive = false;
      end = why;
      PeerFailure failure =
          new PeerFailure(PeerFailure.Reason.DISCONNECTED, "the session ended: " + why);
      Deque<Asked> all = new ArrayDeque<>(inFlight.values());
      all.addAll(waiting);
      inFlight.clear();
      waiting.clear();
      dispatcher.execute(() -> all.forEach(a -> a.answer().completeExceptionally(failure)));
      dispatcher.shutdown();
    }
    streams.disconnected();
  }
}
