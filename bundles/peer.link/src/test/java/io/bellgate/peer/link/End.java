package io.bellgate.peer.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One end of a link in a test: real sockets on loopback, a real handshake, services of the test.
 */
final class End implements Surroundings, RandomBits, PeerListener, AutoCloseable {
  final FakeIdentity identity;
  final Map<String, PeerService> services = new ConcurrentHashMap<>();
  final BlockingQueue<PeerSession> sessions = new LinkedBlockingQueue<>();
  final ServerSocketChannel listen;
  private final SecureRandom random = new SecureRandom();
  private Links links;

  End(String site) throws IOException {
    identity = new FakeIdentity(site);
    listen =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  static void trust(End one, End other) {
    one.identity.trusted.put(other.identity.site(), other.identity.certificate());
    other.identity.trusted.put(one.identity.site(), one.identity.certificate());
  }

  InetSocketAddress address() {
    try {
      return (InetSocketAddress) listen.getLocalAddress();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  End start(End... others) {
    Map<String, Optional<InetSocketAddress>> peers = new LinkedHashMap<>();
    for (End other : others) {
      peers.put(other.identity.site(), Optional.of(other.address()));
    }
    Map<String, Object> values =
        Map.of(
            "in_flight_requests",
            16,
            "retry_first_milliseconds",
            10,
            "retry_most_milliseconds",
            50);
    Settings settings =
        (Settings)
            Proxy.newProxyInstance(
                Settings.class.getClassLoader(),
                new Class<?>[] {Settings.class},
                (p, m, a) -> values.getOrDefault(m.getName(), m.getDefaultValue()));
    links = new Links(settings, this, listen, peers);
    return this;
  }

  Links links() {
    return links;
  }

  PeerSession session() throws InterruptedException {
    PeerSession session = sessions.poll(30, TimeUnit.SECONDS);
    if (session == null) {
      throw new AssertionError("no session: " + links.status());
    }
    return session;
  }

  /** Waits until the status of the only peer shows a text. */
  String awaitStatus(String text) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!links.status().toString().contains(text)) {
      if (System.nanoTime() > until) {
        throw new AssertionError("status never shows " + text + ": " + links.status());
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return links.status().toString();
  }

  @Override
  public void connected(PeerSession session) {
    sessions.add(session);
  }

  @Override
  public Optional<SiteIdentity> identity() {
    return Optional.of(identity);
  }

  @Override
  public Optional<RandomBits> random() {
    return Optional.of(this);
  }

  @Override
  public Optional<PeerService> service(String name) {
    return Optional.ofNullable(services.get(name));
  }

  @Override
  public List<PeerListener> listeners() {
    return List.of(this);
  }

  @Override
  public Secret draw(int octets) {
    byte[] drawn = new byte[octets];
    random.nextBytes(drawn);
    return Secret.absorb(drawn);
  }

  @Override
  public void fill(byte[] octets) {
    random.nextBytes(octets);
  }

  @Override
  public String source() {
    return "test";
  }

  @Override
  public void close() throws IOException {
    if (links != null) {
      links.close();
    }
    listen.close();
  }
}
