package io.bellgate.peer.link;

import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.peer.PeerStream;
import io.bellgate.peer.link.tls.Secured;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * One session: frames over secured connections, which are replaced underneath it. Two lanes since
 * version 2: what writers of streams say goes over a connection of its own, so that nothing else
 * waits behind it. One thread hands requests to services in order; streams are read on threads of
 * their own. The lock on {@code waiting} guards the requests.
 */
final class Session implements PeerSession {
  private static final System.Logger LOG = System.getLogger(Session.class.getName());
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

  /** What a channel below a peer's minimum carries: what brings it up again. */
  private static final Set<String> FOR_KEYS = Set.of("keys.pool", "keys.pqc", "qkd.link");

  private final UUID id;
  private final String peer;
  private final PublicIdentity identity;
  private final int version;
  private final Level minimum;
  private final Successors successors;
  private final boolean initiator;
  private final int window;
  private final Function<String, Optional<PeerService>> services;
  private final Lane main;
  private final Lane bulk;
  private final Outlet outlet;
  private final Streams streams;
  private final AtomicInteger ids = new AtomicInteger();
  private final AtomicInteger incoming = new AtomicInteger();
  private final Map<Integer, Asked> inFlight = new ConcurrentHashMap<>();
  private final Deque<Asked> waiting = new ArrayDeque<>();
  private final ExecutorService dispatcher;
  private final long sinceMillis = System.currentTimeMillis();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile String protocol;
  private volatile int bulkGeneration = -1;
  private volatile long connectedNanos = System.nanoTime();
  private volatile long octetsBefore;
  private volatile boolean alive = true;
  private volatile boolean partedPolitely;
  private volatile String end = "";

  /**
   * @param minimum below which only what brings keys is carried
   * @param services of this end, as they are at the moment
   */
  Session(
      UUID id,
      Secured first,
      boolean initiator,
      Level minimum,
      int window,
      Function<String, Optional<PeerService>> services) {
    this.id = id;
    this.peer = first.peer().site();
    this.identity = first.peer();
    this.version = first.version();
    this.protocol = first.describe();
    this.minimum = minimum;
    this.successors = new Successors(id, first);
    this.initiator = initiator;
    this.window = window;
    this.services = services;
    this.outlet = new Outlet(() -> end(NOT_READ));
    this.main = new Lane(peer, this::received, this::end, outlet, System::nanoTime);
    this.bulk =
        version == 1
            ? main
            : new Lane(
                peer + "-bulk",
                this::received,
                this::end,
                new Outlet(() -> end(NOT_READ)),
                System::nanoTime);
    this.streams = new Streams(outlet, bulk.outlet());
    this.dispatcher =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> daemon(task, "peer-dispatch-" + peer));
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to read and write. */
  void begin(Secured first) throws IOException {
    main.carry(first);
  }

  /** The main lane goes on over another connection; the bulk lane will follow. */
  void rekeyed(Secured next) throws IOException {
    checkLevel(next);
    main.carry(next);
    successors.renew(next);
    protocol = next.describe();
    connectedNanos = System.nanoTime();
    octetsBefore = main.octets() + bulk.octets();
  }

  /** The bulk lane has a connection, or another one. */
  void bulkOver(Secured next) throws IOException {
    next.successor().destroy(); // nothing follows from this one
    checkLevel(next);
    bulk.carry(next);
    bulkGeneration = successors.generation();
  }

  private void checkLevel(Secured next) throws ProtocolError {
    if (next.level().compareTo(successors.level()) < 0) {
      throw new ProtocolError("BG-PEER-013", "the level of a session does not fall");
    }
  }

  /** Whether the bulk lane waits for a connection made from the present main one. */
  boolean wantsBulk() {
    return version > 1 && bulkGeneration != successors.generation() && !bulk.outlet().moving();
  }

  boolean switching() {
    return main.switching() || bulk != main && bulk.carried() && bulk.switching();
  }

  Successors successors() {
    return successors;
  }

  UUID id() {
    return id;
  }

  int version() {
    return version;
  }

  /** What the peer has proved at the beginning. */
  PublicIdentity identity() {
    return identity;
  }

  /** Age of the main connection. */
  long connectedForNanos() {
    return System.nanoTime() - connectedNanos;
  }

  /** Octets since the connections were last replaced, both ways. */
  long octets() {
    return main.octets() + (bulk == main ? 0 : bulk.octets()) - octetsBefore;
  }

  /** Waits for the end, at most so long; true if it has come. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return over.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Asks whether the peer is there, and that it leaves connections that were replaced. */
  void ping() {
    if (main.overdue() || bulk.overdue()) {
      end("BG-PEER-003 the connection before a rekey is still in use: peer=" + peer);
      return;
    }
    outlet.put(Frame.of(Frame.Type.PING, 0));
    if (bulk != main && bulk.carried()) {
      bulk.outlet().put(Frame.of(Frame.Type.PING, 0));
    }
  }

  private void received(Lane lane, Frame frame) throws ProtocolError {
    switch (frame.type()) {
      case REQUEST -> requested(lane, frame);
      case ANSWER ->
          answered(frame).ifPresent(a -> dispatch(() -> a.answer().complete(frame.body())));
      case FAILURE ->
          answered(frame)
              .ifPresent(a -> dispatch(() -> a.answer().completeExceptionally(failure(frame))));
      case OPEN -> opened(lane, frame);
      case PING -> lane.outlet().put(Frame.of(Frame.Type.PONG, 0));
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

  private void requested(Lane lane, Frame frame) throws ProtocolError {
    String service = frame.service();
    if (incoming.incrementAndGet() > MOST_INCOMING) {
      throw new ProtocolError(
          "BG-PEER-004", "at most " + MOST_INCOMING + " requests wait for an answer");
    }
    Level level = lane.readLevel();
    dispatcher.execute(() -> serve(frame, service, level));
  }

  /** What a level of the channel forbids, and why. */
  private Optional<PeerFailure> forbidden(String service, Level level) {
    return level.compareTo(minimum) >= 0 || FOR_KEYS.contains(service)
        ? Optional.empty()
        : Optional.of(
            new PeerFailure(
                PeerFailure.Reason.NO_SERVICE,
                "BG-PEER-015 the channel is below the minimum of the peer and carries only what"
                    + " brings keys: level="
                    + level
                    + " minimum="
                    + minimum
                    + " service="
                    + service));
  }

  private PeerService serving(String service, Level level) {
    forbidden(service, level)
        .ifPresent(
            failure -> {
              throw failure;
            });
    return services
        .apply(service)
        .orElseThrow(
            () ->
                new PeerFailure(
                    PeerFailure.Reason.NO_SERVICE, "no such service now: service=" + service));
  }

  private void serve(Frame frame, String service, Level level) {
    CompletionStage<byte[]> answer;
    try {
      answer = serving(service, level).handle(peer(), frame.requestBody());
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

  private void opened(Lane lane, Frame frame) throws ProtocolError {
    String service = new String(frame.body(), StandardCharsets.US_ASCII);
    Level level = lane.readLevel();
    Streams.Reader reader = streams.opened(frame.id());
    daemon(
            () -> {
              try (reader) {
                serving(service, level).read(peer(), reader);
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
    return bulk == main || !bulk.carried() || main.level().compareTo(bulk.level()) < 0
        ? main.level()
        : bulk.level();
  }

  @Override
  public String peer() {
    return peer;
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
    Optional<PeerFailure> forbidden = forbidden(service, level());
    if (forbidden.isPresent()) {
      return CompletableFuture.failedFuture(forbidden.get());
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
    forbidden(service, level())
        .ifPresent(
            failure -> {
              throw failure;
            });
    return streams.open(ids.incrementAndGet(), service);
  }

  @Override
  public boolean alive() {
    return alive;
  }

  String protocol() {
    return protocol;
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
    bulk.outlet().close();
    partedPolitely = true;
    fail("this gateway went away");
    // the writer closes the channel after the last frame; the socket after a bound in any case
    daemon(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(500);
                cut();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "peer-leave-" + peer())
        .start();
  }

  void end(String why) {
    fail(why);
    cut();
  }

  private void cut() {
    main.cut();
    bulk.cut();
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
    successors.close();
    over.countDown();
  }
}
