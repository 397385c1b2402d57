package io.bellgate.peer.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.MemoryPool;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.peer.link.tls.Bits;
import io.bellgate.peer.link.tls.FakeRegistry;
import io.bellgate.peer.link.tls.Group;
import io.bellgate.peer.link.tls.Terms;
import io.bellgate.peer.link.tls.Throwaway;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One end of a link in a test: real sockets on loopback, a real handshake, services of the test.
 */
final class End implements Surroundings, PeerListener, AutoCloseable {
  final Throwaway identity;
  final Map<String, PeerService> services = new ConcurrentHashMap<>();
  final BlockingQueue<PeerSession> sessions = new LinkedBlockingQueue<>();
  final ServerSocketChannel listen;
  final FakeRegistry registry = new FakeRegistry();
  final Map<String, Object> values = new HashMap<>();
  volatile RandomBits bits = new Bits();
  KeyPool pool;
  private Links links;

  End(String site) throws IOException {
    this(site, InetAddress.getLoopbackAddress(), 0);
  }

  End(String site, InetAddress address, int port) throws IOException {
    identity = new Throwaway(site);
    pool = new MemoryPool(site, true, Clock.systemUTC());
    values.putAll(
        Map.of(
            "in_flight_requests",
            16,
            "retry_first_milliseconds",
            10,
            "retry_most_milliseconds",
            50));
    listen = ServerSocketChannel.open().bind(new InetSocketAddress(address, port));
  }

  static void trust(End one, End other) {
    Throwaway.trust(one.identity, other.identity);
  }

  /** Both pools hold a block of the quantum link. */
  static UUID share(End one, End other, int chunks) {
    UUID id = UUID.randomUUID();
    Secret octets = one.bits.draw(chunks * KeyPool.CHUNK_OCTETS);
    KeyOrigin origin = new KeyOrigin(KeyOrigin.Kind.QKD, true, false, Map.of("protocol", "BB84"));
    for (End end : List.of(one, other)) {
      String peer = (end == one ? other : one).identity.site();
      end.pool.deposit(new KeyBlock(id, peer, origin, octets, Duration.ofHours(1)));
      end.pool.confirm(peer, id);
    }
    octets.destroy();
    return id;
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
    return start(peers);
  }

  End start(Map<String, Optional<InetSocketAddress>> peers) {
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
    return Optional.of(bits);
  }

  @Override
  public Optional<AlgorithmRegistry> registry() {
    return Optional.of(registry);
  }

  @Override
  public Optional<KeyPool> pool() {
    return Optional.ofNullable(pool);
  }

  Terms terms() {
    return new Terms(identity, registry, bits, Group.X25519MLKEM768, 1, 2);
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
  public void close() throws IOException {
    if (links != null) {
      links.close();
    }
    listen.close();
  }
}
