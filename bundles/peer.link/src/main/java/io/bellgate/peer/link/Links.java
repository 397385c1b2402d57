package io.bellgate.peer.link;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.peer.PeerListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The link at work: dials peers with a higher site ID, answers the others, keeps one session per
 * peer and tells listeners. Everything between borrowing the socket and giving it back.
 */
final class Links implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Links.class.getName());
  private static final int HANDSHAKE_MILLIS = 10_000;
  private static final int MOST_HANDSHAKES = 8;

  private final Settings settings;
  private final Surroundings around;
  private final ServerSocketChannel listen;
  private final Map<String, Optional<InetSocketAddress>> peers;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final Map<String, String> lastErrors = new ConcurrentHashMap<>();
  private final Map<String, Integer> connects = new ConcurrentHashMap<>();
  private final Semaphore handshakes = new Semaphore(MOST_HANDSHAKES);
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
    this.around = around;
    this.listen = listen;
    this.peers = peers;
    threads.add(daemon(this::accept, "peer-accept"));
    peers.forEach(
        (peer, address) ->
            address.ifPresent(a -> threads.add(daemon(() -> dial(peer, a), "peer-dial-" + peer))));
    threads.forEach(Thread::start);
  }

  private static Thread daemon(Runnable task, String name) {
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
        if (handshakes.tryAcquire()) {
          daemon(() -> answer(channel), "peer-answer").start();
        } else {
          channel.close();
        }
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

  private void answer(SocketChannel channel) {
    Session session = null;
    try {
      Socket socket = channel.socket();
      prepare(socket);
      List<String> arriving = peers.keySet().stream().filter(p -> !dials(p)).toList();
      session = begin(tls().answer(socket, arriving), socket, false);
    } catch (IOException | RuntimeException e) {
      quietly(channel);
      failed("arriving", why(e));
    } finally {
      handshakes.release();
    }
    if (session != null) {
      serve(session);
    }
  }

  private void dial(String peer, InetSocketAddress address) {
    long pause = 0;
    while (!closing) {
      if (!sleep(pause)) {
        return;
      }
      pause =
          Math.min(
              settings.retry_most_milliseconds(),
              Math.max(settings.retry_first_milliseconds(), pause * 2));
      if (around.identity().isEmpty() || !dials(peer)) {
        continue;
      }
      Session session = null;
      try (SocketChannel channel = SocketChannel.open()) {
        Socket socket = channel.socket();
        socket.connect(
            new InetSocketAddress(address.getHostString(), address.getPort()), HANDSHAKE_MILLIS);
        prepare(socket);
        session = begin(tls().dial(socket, peer), socket, true);
        serve(session);
        pause = session.partedPolitely() ? 0 : settings.retry_first_milliseconds();
      } catch (IOException | RuntimeException e) {
        failed(peer, why(e));
      }
    }
  }

  /** Of two sites the one with the lower ID dials. */
  private boolean dials(String peer) {
    return around.identity().map(i -> i.site().compareTo(peer) < 0).orElse(false);
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

  private Tls tls() throws IOException {
    SiteIdentity identity =
        around.identity().orElseThrow(() -> new IOException("this site has no identity yet"));
    RandomBits random =
        around.random().orElseThrow(() -> new IOException("there are no random bits"));
    return new Tls(identity, random);
  }

  private static void prepare(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(HANDSHAKE_MILLIS);
  }

  private Session begin(Tls.Secured secured, Socket socket, boolean initiator) throws IOException {
    Session session =
        new Session(secured, socket, initiator, settings.in_flight_requests(), around::service);
    session.hello();
    return session;
  }

  /** From the moment both ends are verified until the session ends. */
  private void serve(Session session) {
    String peer = session.peer();
    Session before = sessions.put(peer, session);
    if (before != null) {
      before.end("a newer session replaced it");
    }
    if (closing) {
      session.leave();
      return;
    }
    lastErrors.remove(peer);
    lastErrors.remove("arriving");
    connects.merge(peer, 1, Integer::sum);
    LOG.log(System.Logger.Level.INFO, "connected with {0}: {1}", peer, session.protocol());
    tell(listener -> listener.connected(session));
    session.run();
    sessions.remove(peer, session);
    LOG.log(System.Logger.Level.INFO, "session with {0} ended: {1}", peer, session.endedBecause());
    tell(listener -> listener.disconnected(session));
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

  private static String why(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private void failed(String peer, String why) {
    if (!why.equals(lastErrors.put(peer, why)) && !closing) {
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
    peers.forEach(
        (peer, address) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          Optional<Session> session = session(peer);
          one.put("state", session.isPresent() ? "connected" : "not connected");
          session.ifPresent(
              s -> one.put("sinceSeconds", (System.currentTimeMillis() - s.sinceMillis()) / 1000));
          session.ifPresent(s -> one.put("protocol", s.protocol()));
          one.put("sessions", connects.getOrDefault(peer, 0));
          if (session.isEmpty()) {
            String error =
                lastErrors.getOrDefault(
                    peer, lastErrors.getOrDefault("arriving", "no attempt has succeeded yet"));
            one.put("lastError", error);
            problems.add("no session with " + peer + ": " + error);
          }
          status.put(peer, one);
        });
    status.put("problems", problems);
    return status;
  }

  /** Says goodbye to all peers and gives the socket back. */
  @Override
  public void close() {
    closing = true;
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
