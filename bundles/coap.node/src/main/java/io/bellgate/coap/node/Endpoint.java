package io.bellgate.coap.node;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.coap.node.directory.Directory;
import io.bellgate.coap.node.keys.NodeKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
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
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/** A running CoAP server on one or two lent sockets: one without protection, one with DTLS. */
final class Endpoint {
  static {
    CoapConfig.register();
    UdpConfig.register();
    SystemConfig.register();
  }

  private final PausableSocket socket;
  private final Optional<PausableSocket> secureSocket;
  private final Optional<Dtls> dtls;
  private final CoapServer server;
  private final Telemetry telemetry;
  private final Rotation rotation;
  private final ScheduledExecutorService executor;
  private byte[] connections = {};

  /**
   * Where nodes speak DTLS.
   *
   * @param socket lent
   * @param connections of a predecessor, or none
   */
  record Secure(DatagramSocket socket, byte[] connections) {}

  Endpoint(
      DatagramSocket socket,
      Optional<Secure> secure,
      NodeKeys keys,
      Supplier<Intake> intake,
      Supplier<RandomBits> random,
      long overlapSeconds,
      Map<String, String> classes,
      Nodes nodes,
      InstantSource clock) {
    this.socket = pausable(socket);
    Configuration configuration = configuration();
    executor = executor();
    server = new CoapServer(configuration);
    server.setExecutors(executor, executor, true);
    CoapEndpoint.Builder builder =
        CoapEndpoint.builder()
            .setConfiguration(configuration)
            .setConnector(new LentUdp(this.socket, configuration));
    server.addEndpoint(builder.build());
    secureSocket = secure.map(s -> pausable(s.socket()));
    dtls = secureSocket.map(s -> new Dtls(s, configuration, keys));
    dtls.ifPresent(d -> d.take(secure.get().connections()));
    dtls.ifPresent(
        d ->
            server.addEndpoint(
                CoapEndpoint.builder().setConfiguration(configuration).setConnector(d).build()));
    rotation = new Rotation(keys, random, overlapSeconds);
    telemetry =
        new Telemetry(
            intake, classes, nodes, keys, rotation::spoke, this::goodbye, clock, executor);
    server.add(telemetry, rotation);
    server.add(new Directory(nodes.registrations(), keys, clock).resources());
    server.start();
  }

  private void goodbye(InetSocketAddress node) {
    dtls.ifPresent(d -> d.close(node));
  }

  private static PausableSocket pausable(DatagramSocket socket) {
    try {
      return new PausableSocket(socket);
    } catch (SocketException e) {
      throw new UncheckedIOException("the lent socket cannot be used", e);
    }
  }

  private static ScheduledExecutorService executor() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = Executors.defaultThreadFactory().newThread(task);
              thread.setName("coap-node");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /**
   * Bounded memory for a small heap: few remembered exchanges per peer, bodies no larger than a
   * message.
   */
  private static Configuration configuration() {
    return new Configuration()
        .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
        .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, 16)
        .set(CoapConfig.MAX_ACTIVE_PEERS, 10_000)
        .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, Message.MAX_PAYLOAD_OCTETS)
        .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
        .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
        .set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
  }

  String address() {
    return socket.getLocalSocketAddress().toString();
  }

  String secureAddress() {
    return secureSocket.map(s -> s.getLocalSocketAddress().toString()).orElse("none");
  }

  int pending() {
    return telemetry.pending() + rotation.pending();
  }

  /** Keys that nodes were given. */
  long rotations() {
    return rotation.rotations();
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
    server.stop();
    connections = dtls.map(Dtls::connections).orElse(connections);
    server.destroy();
    executor.shutdownNow();
    rotation.stop();
    return answered;
  }

  /** The DTLS connections that were open when it was closed; they are secret. */
  byte[] connections() {
    return connections;
  }

  private boolean drain(long until) {
    try {
      boolean paused = socket.pause(Duration.ofNanos(until - System.nanoTime()));
      if (secureSocket.isPresent()) {
        paused &= secureSocket.get().pause(Duration.ofNanos(until - System.nanoTime()));
      }
      // one thread, first in first out: behind this task nothing that was read is still unseen
      executor.submit(() -> {}).get(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
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
