package io.bellgate.peer.link;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.peer.link.tls.Secured;
import io.bellgate.peer.link.tls.Terms;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The link at work: dials peers and answers them, keeps one session per peer and tells listeners.
 * Everything between borrowing the socket and giving it back.
 *
 * <p>Of two sites the one with the lower ID dials. The other one, if it has an address, dials too
 * when it has been without a session for long: the first may have none. Of two sessions the one
 * that the lower site began stays, so that both ends keep the same.
 */
final class Links implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Links.class.getName());
  private static final int HANDSHAKE_MILLIS = 10_000;
  private static final int TEND_MILLIS = 250;

  private final Settings settings;
  private final Rules rules;
  private final PoolKeys keys;
  private final Arrival arrival;
  private final Surroundings around;
  private final ServerSocketChannel listen;
  private final Map<String, Optional<InetSocketAddress>> peers;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Tally tally = new Tally();
  private final Set<String> shakingHands = ConcurrentHashMap.newKeySet();
  private final Doorway doorway = new Doorway(HANDSHAKE_MILLIS);
  private final List<Thread> threads = new ArrayList<>();
  private final ExecutorService events =
      Executors.newSingleThreadExecutor(task -> daemon(task, "peer-events"));
  private volatile boolean closing;

  Links(
      Settings settings,
      Surroundings around,
      ServerSocketChannel listen,
      Map<String, Optional<InetSocketAddress>> peers) {
    this.settings = settings;
    this.rules = Rules.of(settings);
    this.around = around;
    this.keys = new PoolKeys(around::pool, System::nanoTime);
    this.arrival = new Arrival(this, keys, new Misses(System::nanoTime));
    this.listen = listen;
    this.peers = peers;
    threads.add(daemon(this::accept, "peer-accept"));
    peers.forEach(
        (peer, address) ->
            address.ifPresent(a -> threads.add(daemon(() -> dial(peer, a), "peer-dial-" + peer))));
    threads.forEach(Thread::start);
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  Optional<Session> session(String peer) {
    return Optional.ofNullable(sessions.get(peer)).filter(Session::alive);
  }

  /** Tells a listener that came late of the sessions that are up. */
  void introduce(PeerListener listener) {
    events.execute(
        () -> sessions.values().stream().filter(Session::alive).forEach(listener::connected));
  }

  private void accept() {
    while (!closing) {
      try {
        SocketChannel channel = listen.accept();
        Doorway.Passage passage = doorway.arriving(channel.socket());
        daemon(() -> answer(channel, passage), "peer-answer").start();
      } catch (ClosedChannelException e) {
        return; // the loan has ended
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "a peer could not arrive: {0}", e.getMessage());
        if (!sleep(settings.retry_first_milliseconds())) {
          return;
        }
      }
    }
  }

  private void answer(SocketChannel channel, Doorway.Passage passage) {
    Optional<Session> session = Optional.empty();
    try (passage) {
      prepare(channel.socket());
      session = arrival.answer(channel.socket());
    } catch (IOException e) {
      quietly(channel);
      failed(Tally.ARRIVING, why(passage.failure(e)));
    } catch (RuntimeException e) {
      quietly(channel);
      failed(Tally.ARRIVING, why(e));
    }
    session.ifPresent(s -> serve(s, () -> {}));
  }

  private void dial(String peer, InetSocketAddress address) {
    Reach reach = new Reach(peer, address, this, keys);
    long pause = 0;
    long withoutSince = System.nanoTime();
    while (!closing) {
      if (!sleep(pause)) {
        return;
      }
      pause =
          Math.min(
              settings.retry_most_milliseconds(),
              Math.max(settings.retry_first_milliseconds(), pause * 2));
      if (session(peer).isPresent()) {
        withoutSince = System.nanoTime();
      }
      if (!mayDial(peer, (System.nanoTime() - withoutSince) / 1_000_000)) {
        continue;
      }
      try {
        Session session = reach.begin();
        serve(session, () -> reach.tend(session));
        withoutSince = System.nanoTime();
        pause = session.partedPolitely() ? 0 : settings.retry_first_milliseconds();
      } catch (Reach.FellBack e) {
        fellBack(peer, e.getMessage());
        pause = 0;
      } catch (IOException | RuntimeException e) {
        failed(peer, why(e));
      } finally {
        shakingHands.remove(peer);
      }
    }
  }

  /** A connection to the peer is there, and a session begins unless something fails. */
  void shakesHands(String peer) {
    shakingHands.add(peer);
  }

  /** The lower site at once, the other one after three times the longest pause. */
  private boolean mayDial(String peer, long withoutMillis) {
    return session(peer).isEmpty()
        && around
            .identity()
            .map(
                i ->
                    i.site().compareTo(peer) < 0
                        || withoutMillis > 3L * settings.retry_most_milliseconds())
            .orElse(false);
  }

  Set<String> mayArrive() {
    return peers.keySet();
  }

  /** Refuses a session that the peer begins while a better one lives. */
  void checkRoom(String peer) throws ProtocolError {
    Optional<Session> before = session(peer);
    String own = around.identity().map(SiteIdentity::site).orElse("");
    boolean begun = before.filter(Session::initiator).isPresent() || shakingHands.contains(peer);
    if (begun && own.compareTo(peer) < 0) {
      throw new ProtocolError(
          "BG-PEER-017", "of two sessions the one that the lower site began stays: peer=" + peer);
    }
  }

  /** Trust may have changed while the handshake went on. */
  void checkTrust(Secured secured) throws IOException {
    String peer = secured.peer().site();
    if (terms().identity().trusted(peer).filter(secured.peer()::equals).isEmpty()) {
      throw new IOException("BG-PEER-014 the trust in the peer has just changed: peer=" + peer);
    }
  }

  /** A peer's identity was replaced or revoked. */
  void trustChanged(String peer) {
    session(peer)
        .filter(
            s ->
                around
                    .identity()
                    .flatMap(i -> i.trusted(peer))
                    .filter(s.identity()::equals)
                    .isEmpty())
        .ifPresent(s -> s.end("BG-PEER-014 the trust in the peer has changed: peer=" + peer));
  }

  boolean rekeyDue(Session session) {
    return session.connectedForNanos() > rules.rekeyAfter().toNanos()
        || session.octets() > rules.rekeyOctets();
  }

  /** A session goes on over a fresh connection. */
  void rekeyed(Session session) {
    tally.rekeyed(session.peer());
  }

  private void fellBack(String peer, String why) {
    tally.fellBack(peer, why);
    LOG.log(System.Logger.Level.WARNING, why);
  }

  Session session(UUID id, Secured secured, boolean initiator) throws IOException {
    Session session =
        new Session(
            id,
            secured,
            initiator,
            rules.minimum(secured.peer().site()),
            settings.in_flight_requests(),
            around::service);
    session.begin(secured);
    return session;
  }

  UUID newId() throws IOException {
    byte[] octets = new byte[16];
    random().fill(octets);
    ByteBuffer drawn = ByteBuffer.wrap(octets);
    return new UUID(drawn.getLong(), drawn.getLong());
  }

  /** The time that a handshake at this end may take. */
  Doorway.Passage leaving(Socket socket) throws IOException {
    return doorway.leaving(socket);
  }

  Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = SocketChannel.open().socket();
    try {
      socket.connect(
          new InetSocketAddress(address.getHostString(), address.getPort()), HANDSHAKE_MILLIS);
      prepare(socket);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** With jitter of a quarter, so that many gateways do not come back at one moment. */
  private boolean sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(
          millis == 0 ? 0 : millis * 3 / 4 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
      return !closing;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private RandomBits random() throws IOException {
    return around.random().orElseThrow(() -> new IOException("there are no random bits"));
  }

  /** What this end brings to a handshake at the moment. */
  Terms terms() throws IOException {
    return new Terms(
        around.identity().orElseThrow(() -> new IOException("this site has no identity yet")),
        around
            .registry()
            .orElseThrow(() -> new IOException("there is no registry of algorithms now")),
        random(),
        rules.group(),
        rules.epoch(),
        rules.lowest());
  }

  private static void prepare(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(HANDSHAKE_MILLIS);
  }

  /** What a session needs now and then. */
  private interface Care {
    void tend() throws IOException;
  }

  /** From the moment both ends are verified until the session ends. */
  private void serve(Session session, Care care) {
    String peer = session.peer();
    Session before = sessions.put(peer, session);
    shakingHands.remove(peer);
    if (before != null) {
      before.end("a newer session replaced it");
    }
    trustChanged(peer); // since the handshake, which was before the session could be found
    if (closing) {
      session.leave();
    }
    if (!session.alive()) {
      sessions.remove(peer, session);
      failed(peer, session.endedBecause());
      return;
    }
    tally.connected(peer);
    LOG.log(System.Logger.Level.INFO, "connected with {0}: {1}", peer, session.protocol());
    if (session.level().compareTo(rules.minimum(peer)) < 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "BG-PEER-013 the channel with {0} is below its minimum, and carries only what brings"
              + " keys: level={1} minimum={2}",
          peer,
          session.level(),
          rules.minimum(peer));
    }
    tell(listener -> listener.connected(session));
    stay(session, care);
    sessions.remove(peer, session);
    LOG.log(System.Logger.Level.INFO, "session with {0} ended: {1}", peer, session.endedBecause());
    tell(listener -> listener.disconnected(session));
  }

  /** Returns when the session has ended. */
  private void stay(Session session, Care care) {
    long pingAt = System.nanoTime();
    long tendAt = pingAt;
    try {
      while (!session.awaitEnd(TEND_MILLIS)) {
        long now = System.nanoTime();
        keys.settle(session.peer());
        if (now - pingAt >= Session.PING_MILLIS * 1_000_000L) {
          session.ping();
          pingAt = now;
        }
        if (now - tendAt >= 0) {
          tendAt = now + tended(session, care) * 1_000_000L;
        }
      }
    } catch (InterruptedException e) {
      session.leave();
    }
  }

  /** How many milliseconds to leave the session alone. */
  private long tended(Session session, Care care) {
    try {
      care.tend();
      return 0;
    } catch (Reach.FellBack e) {
      fellBack(session.peer(), e.getMessage());
      return 0;
    } catch (IOException | RuntimeException e) {
      if (session.alive()) {
        failed(session.peer(), why(e));
      }
      return settings.retry_most_milliseconds();
    }
  }

  private void tell(java.util.function.Consumer<PeerListener> what) {
    if (!events.isShutdown()) {
      events.execute(
          () -> {
            for (PeerListener listener : around.listeners()) {
              try {
                what.accept(listener);
              } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a listener failed", e);
              }
            }
          });
    }
  }

  static String why(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private void failed(String peer, String why) {
    if (tally.failed(peer, why) && !closing) {
      LOG.log(System.Logger.Level.WARNING, "no session with {0}: {1}", peer, why);
    }
  }

  private static void quietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a socket did not close", e);
    }
  }

  Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (String peer : peers.keySet()) {
      Map<String, Object> one = tally.of(peer, session(peer), rules.minimum(peer), problems);
      one.put("group", rules.group().standardName());
      one.put("policyEpoch", rules.epoch());
      status.put(peer, one);
    }
    status.put("problems", problems);
    return status;
  }

  /** Says goodbye to all peers and gives the socket back. */
  @Override
  public void close() {
    closing = true;
    doorway.close();
    sessions.values().forEach(Session::leave);
    quietlyClose();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(2_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    events.shutdown();
  }

  private void quietlyClose() {
    try {
      listen.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the loan did not end cleanly", e);
    }
  }
}
