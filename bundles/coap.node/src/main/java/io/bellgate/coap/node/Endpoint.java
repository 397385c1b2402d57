package io.bellgate.coap.node;

import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.api.ops.Gone;
import io.bellgate.coap.node.admission.Admission;
import io.bellgate.coap.node.admission.Unanswered;
import io.bellgate.coap.node.blocks.NodeStack;
import io.bellgate.coap.node.contexts.NodeContexts;
import io.bellgate.coap.node.directory.Directory;
import io.bellgate.coap.node.keys.NodeKeys;
import io.bellgate.coap.node.keys.NodeProfiles;
import io.bellgate.coap.node.renewal.Enrolments;
import io.bellgate.coap.node.renewal.Renewal;
import io.bellgate.coap.node.served.NodeResources;
import io.bellgate.coap.node.served.Outlet;
import io.bellgate.coap.node.served.Served;
import io.bellgate.coap.node.sessions.SealedSessions;
import io.bellgate.oscore.OscoreLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.InMemoryMessageExchangeStore;
import org.eclipse.californium.core.server.resources.Resource;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/**
 * A running CoAP server on one or two lent sockets: one without protection of the transport, where
 * nodes may speak OSCORE, and one with DTLS.
 */
final class Endpoint {
  static {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
  }

  /** Datagrams between a socket and who works on them. */
  static final int MOST_UNDER_WAY = 2_000;

  private static final int ECHO_OCTETS = 8;
  private static final int SWEEP_MINUTES = 30;
  private static final int STAGES = 4; // parsed, matched, delivered, and one to spare

  private final PausableSocket socket;
  private final Optional<PausableSocket> secureSocket;
  private final Optional<Dtls> dtls;
  private final CoapServer server;
  private final Unanswered unanswered = new Unanswered();
  private final Served served;
  private final Rotation rotation;
  private final Enrol enrol;
  private final ScheduledExecutorService executor;
  private final ScheduledExecutorService dtlsExecutor;
  private final Optional<NodeContexts> contexts;
  private final NodeStack stack;
  private final NodeStack secureStack;
  private int sessionsRestored;
  private byte[] connections = {};
  private byte[] observations = {};

  /**
   * Where nodes speak DTLS.
   *
   * @param socket lent
   * @param aes128 whether nodes may speak AES-128
   * @param connections of a predecessor; empty for none: then those that a run left which ended
   *     without order
   * @param sealed where they are noted for that; empty for nowhere
   */
  record Secure(
      DatagramSocket socket, boolean aes128, byte[] connections, Optional<SealedSessions> sealed) {
    /** With AES-256 alone, and nothing that outlives a power cut. */
    Secure(DatagramSocket socket, byte[] connections) {
      this(socket, false, connections, Optional.empty());
    }
  }

  Endpoint(
      DatagramSocket socket,
      Optional<Secure> secure,
      Optional<NodeContexts> contexts,
      NodeKeys keys,
      NodeProfiles profiles,
      Supplier<Intake> intake,
      Renewal renewal,
      Map<String, String> classes,
      Nodes nodes,
      NodeResources resources,
      InstantSource clock) {
    Configuration configuration = configuration();
    executor = executor("coap-node");
    dtlsExecutor = executor("coap-dtls"); // its thread begins with the first task
    this.socket = pausable(socket, executor);
    server = new CoapServer(configuration);
    server.setExecutors(executor, executor, true);
    this.contexts = contexts;
    Optional<OscoreLayer> oscore =
        contexts.map(c -> new OscoreLayer(c, () -> challenge(renewal.random().get())));
    stack = new NodeStack(Message.MAX_PAYLOAD_OCTETS, oscore, nodes.exchanges(), clock);
    Outlet plainOutlet = outlet(configuration, new LentUdp(this.socket, configuration), stack);
    server.addEndpoint(plainOutlet.endpoint());
    secureSocket = secure.map(s -> pausable(s.socket(), dtlsExecutor));
    secureStack =
        new NodeStack(Message.MAX_PAYLOAD_OCTETS, Optional.empty(), nodes.secureExchanges(), clock);
    dtls = secureSocket.map(s -> dtls(s, secure.get(), configuration, keys, clock));
    Optional<Outlet> secureOutlet = dtls.map(d -> outlet(configuration, d, secureStack));
    secureOutlet.ifPresent(o -> server.addEndpoint(o.endpoint()));
    Admission admission = new Admission(keys, profiles, this::spoke, this::goodbye);
    rotation = new Rotation(keys, profiles, admission, unanswered, renewal);
    Telemetry telemetry =
        new Telemetry(intake, classes, nodes, admission, unanswered, clock, executor);
    served =
        new Served(
            resources,
            admission,
            unanswered,
            new Served.Server(plainOutlet, secureOutlet, contexts, server::add, executor),
            clock,
            nodes.observations());
    enrol =
        new Enrol(
            admission,
            unanswered,
            new Enrolments(keys, renewal, n -> rotation.againSeconds(n, false)));
    server.add(telemetry, rotation, enrol);
    server.add(new Directory(nodes.registrations(), keys, clock).resources());
    server.start();
    served.begin();
    executor.scheduleWithFixedDelay(served::sweep, SWEEP_MINUTES, SWEEP_MINUTES, TimeUnit.MINUTES);
    this.socket.resume();
    secureSocket.ifPresent(PausableSocket::resume);
  }

  private Dtls dtls(
      PausableSocket from,
      Secure secure,
      Configuration configuration,
      NodeKeys keys,
      InstantSource clock) {
    Dtls made =
        new Dtls(
            from,
            secure.aes128(),
            configuration,
            keys,
            secure.sealed(),
            secureStack.messageIds(),
            clock);
    made.setExecutor(dtlsExecutor);
    if (secure.connections().length > 0) {
      made.take(secure.connections());
    } else {
      sessionsRestored = made.restore();
    }
    return made;
  }

  private static Outlet outlet(Configuration configuration, Connector connector, NodeStack stack) {
    InMemoryMessageExchangeStore store = new InMemoryMessageExchangeStore(configuration);
    store.setDeduplicator(stack.deduplicator());
    store.setMessageIdProvider(stack.messageIds());
    return new Outlet(
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setConnector(connector)
            .setCoapStackFactory(stack)
            .setMessageExchangeStore(store)
            .build(),
        store);
  }

  /** Serves more resources beside its own. */
  void add(Resource... more) {
    server.add(more);
  }

  /** The value of an Echo option, if there are random bits. */
  private static Optional<byte[]> challenge(RandomBits bits) {
    if (bits == null) {
      return Optional.empty();
    }
    try {
      byte[] echo = new byte[ECHO_OCTETS];
      bits.fill(echo);
      return Optional.of(echo);
    } catch (EntropyFailure | Gone none) {
      return Optional.empty();
    }
  }

  /** What is served and observed. */
  Served served() {
    return served;
  }

  /** Who observed when it was closed; not secret. */
  byte[] observations() {
    return observations;
  }

  /** Who speaks is asked after rotations are there. */
  private void spoke(String identity) {
    rotation.spoke(identity);
  }

  private void goodbye(String identity, InetSocketAddress node) {
    dtls.ifPresent(d -> d.close(identity, node));
  }

  private static PausableSocket pausable(DatagramSocket socket, Executor working) {
    try {
      return new PausableSocket(socket, working);
    } catch (SocketException e) {
      throw new UncheckedIOException("the lent socket cannot be used", e);
    }
  }

  private static ScheduledExecutorService executor(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = Executors.defaultThreadFactory().newThread(task);
              thread.setName(name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /**
   * Few threads. Requests that come again, bodies and observations are bounded by layers of ours.
   */
  static Configuration configuration() {
    return new Configuration()
        // under DTLS a peer is who has the key, not an address that anybody may write
        .set(CoapConfig.RESPONSE_MATCHING, CoapConfig.MatcherMode.PRINCIPAL_IDENTITY)
        .set(CoapConfig.MAX_ACTIVE_PEERS, 10_000)
        .set(CoapConfig.MULTICAST_BASE_MID, 0) // else no acknowledgement of 65,000 to 65,535 counts
        .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_CONNECTOR_OUT_CAPACITY, MOST_UNDER_WAY)
        .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
  }

  String address() {
    return socket.getLocalSocketAddress().toString();
  }

  String secureAddress() {
    return secureSocket.map(s -> s.getLocalSocketAddress().toString()).orElse("none");
  }

  int pending() {
    return unanswered.count() + rotation.pending();
  }

  /** Keys that nodes were given. */
  long rotations() {
    return rotation.rotations();
  }

  /** What came of enrolments. */
  Map<String, Object> enrolments() {
    return enrol.status();
  }

  /** How keys of nodes are renewed. */
  Map<String, Object> renewals() {
    return rotation.status();
  }

  /**
   * Stops reading, answers what was read, then stops and ends the loan. What arrives meanwhile
   * waits in the kernel.
   *
   * @param bound the longest to wait for answers
   * @return false if some readings stayed unanswered
   */
  boolean close(Duration bound) {
    boolean answered = drain(System.nanoTime() + bound.toNanos());
    observations = served.stop();
    dtls.ifPresent(Dtls::stopNoting);
    server.stop();
    connections = dtls.map(Dtls::connections).orElse(connections);
    server.destroy();
    executor.shutdownNow();
    dtlsExecutor.shutdownNow();
    rotation.stop();
    enrol.stop();
    return answered;
  }

  /** The DTLS connections that were open when it was closed; they are secret. */
  byte[] connections() {
    return connections;
  }

  /** Exchanges on their way when it was closed, on the socket without DTLS; they are secret. */
  byte[] exchanges() {
    return stack.save();
  }

  /** The same of the one with DTLS. */
  byte[] secureExchanges() {
    return secureStack.save();
  }

  /** How many bodies in blocks it went on with. */
  int transfersTakenOver() {
    return stack.takenOver() + secureStack.takenOver();
  }

  /** What the security contexts must not forget; afterwards none is known here. */
  byte[] contexts() {
    return contexts.map(NodeContexts::save).orElse(new byte[0]);
  }

  /** What is to outlive a crash. */
  Survivors.Left survivors(byte[] registrations) {
    return new Survivors.Left(
        dtls.map(Dtls::count).orElse(0), contextsKnown(), registrations, served.save());
  }

  /** Notes what outlives a power cut of sessions that are new. */
  void noteSessions() {
    dtls.ifPresent(Dtls::note);
  }

  /** DTLS sessions of a run that ended without order. */
  int sessionsRestored() {
    return sessionsRestored;
  }

  /** How DTLS sessions outlive power cuts. */
  Map<String, Object> sessions() {
    return Map.of(
        "noted",
        dtls.map(Dtls::noted).orElse(0L),
        "restored",
        sessionsRestored,
        "inDoubt",
        dtls.map(Dtls::inDoubt).orElse(0));
  }

  /** How many nodes have spoken under OSCORE. */
  int contextsKnown() {
    return contexts.map(NodeContexts::size).orElse(0);
  }

  private boolean drain(long until) {
    try {
      boolean paused = socket.pause(Duration.ofNanos(until - System.nanoTime()));
      if (secureSocket.isPresent()) {
        paused &= secureSocket.get().pause(Duration.ofNanos(until - System.nanoTime()));
      }
      // each is one thread, first in first out: behind as many tasks as a message has stages
      // between socket and resource, nothing that was read is still unseen
      for (ScheduledExecutorService each :
          dtls.isPresent() ? List.of(dtlsExecutor, executor) : List.of(executor)) {
        for (int stage = 0; stage < STAGES; stage++) {
          each.submit(() -> {}).get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
      }
      while (pending() > 0 && System.nanoTime() < until) {
        LockSupport.parkNanos(500_000);
      }
      return paused && pending() == 0;
    } catch (IOException | ExecutionException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
