package io.bellgate.peer.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.SiteIdentity;
import io.bellgate.api.keys.TrustListener;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.peer.PeerLink;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The authenticated channel to peers: TLS 1.3 sessions, multiplexed, over connections that are
 * replaced underneath them.
 *
 * <p>Stateful, but sessions do not survive a swap: each peer is told, requests in flight fail as
 * disconnected, and the next version connects at once. The listening socket is lent and stays
 * bound, so peers that dial meanwhile wait. One lock, on this object, for the life of the links.
 */
@Component(
    configurationPid = "io.bellgate.peer.link",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {PeerLink.class, TrustListener.class, StatusSource.class, Handover.class},
    property = {
      StatusSource.SECTION + "=peers",
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=1"
    })
@Designate(ocd = Settings.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.keys.SiteIdentity)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.keys.KeyPool)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.crypto.AlgorithmRegistry)",
    effective = "active")
public final class TlsLink implements PeerLink, TrustListener, StatusSource, Handover {
  private static final String SELF = "io.bellgate.peer.link";

  private record Named<T>(ServiceReference<T> reference, T service) {}

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile SiteIdentity identity;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile AlgorithmRegistry registry;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile KeyPool pool;

  @Reference(target = "(bellgate.sockets=true)")
  private Function<String, Object> sockets;

  private final CopyOnWriteArrayList<Named<PeerService>> services = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<PeerListener> listeners = new CopyOnWriteArrayList<>();
  private volatile Settings settings;
  private volatile Links links;

  /** Starts with what the component runtime binds. */
  public TlsLink() {}

  @Activate
  synchronized void activate(Settings configured) {
    settings = configured;
    links = open();
  }

  @Modified
  synchronized void modified(Settings configured) {
    peers(configured.peers());
    Rules.of(configured);
    settings = configured;
    if (links != null) {
      links.close();
      links = open();
    }
  }

  @Deactivate
  synchronized void deactivate() {
    Links open = links;
    links = null;
    if (open != null) {
      open.close();
    }
  }

  private Links open() {
    Map<String, Optional<InetSocketAddress>> peers = peers(settings.peers());
    if (!(sockets.apply(settings.listen()) instanceof ServerSocketChannel listen)) {
      throw new IllegalArgumentException(
          "BG-PEER-007 the peer link needs a tcp socket: socket=" + settings.listen());
    }
    return new Links(settings, new Bound(), listen, peers);
  }

  private static Map<String, Optional<InetSocketAddress>> peers(String[] lines) {
    Map<String, Optional<InetSocketAddress>> peers = new LinkedHashMap<>();
    for (String line : lines) {
      String[] parts = line.split("=", 2);
      if (!parts[0].matches("[a-z0-9-]{1,40}")) {
        throw new IllegalArgumentException(
            "BG-PEER-007 peers holds SITE=HOST:PORT or SITE: value=" + line);
      }
      peers.put(
          parts[0], parts.length == 1 ? Optional.empty() : Optional.of(address(line, parts[1])));
    }
    return peers;
  }

  private static InetSocketAddress address(String line, String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException(
          "BG-PEER-007 peers holds SITE=HOST:PORT or SITE: value=" + line);
    }
    return InetSocketAddress.createUnresolved(text.substring(0, colon), Integer.parseInt(port));
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindService(PeerService service, ServiceReference<PeerService> reference) {
    services.add(new Named<>(reference, service));
  }

  void unbindService(ServiceReference<PeerService> reference) {
    services.removeIf(s -> s.reference().equals(reference));
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindListener(PeerListener listener) {
    listeners.add(listener);
    Links open = links;
    if (open != null) {
      open.introduce(listener);
    }
  }

  void unbindListener(PeerListener listener) {
    listeners.remove(listener);
  }

  @Override
  public void trustChanged(String peer) {
    Links open = links;
    if (open != null) {
      open.trustChanged(peer);
    }
  }

  @Override
  public List<String> peers() {
    return List.copyOf(peers(settings.peers()).keySet());
  }

  @Override
  public Optional<PeerSession> session(String peer) {
    Links open = links;
    return open == null ? Optional.empty() : open.session(peer).map(PeerSession.class::cast);
  }

  @Override
  public Map<String, Object> status() {
    Links open = links;
    return open == null ? Map.of("state", "parked") : open.status();
  }

  @Override
  public synchronized Parked park(int format, Duration bound) {
    deactivate();
    return new Parked(SELF, format, Secret.copyOf(new byte[] {1}));
  }

  @Override
  public synchronized void resume() {
    if (links == null) {
      links = open();
    }
  }

  /** What is bound right now. */
  private final class Bound implements Surroundings {
    @Override
    public Optional<SiteIdentity> identity() {
      return Optional.ofNullable(identity);
    }

    @Override
    public Optional<RandomBits> random() {
      return Optional.ofNullable(random);
    }

    @Override
    public Optional<AlgorithmRegistry> registry() {
      return Optional.ofNullable(registry);
    }

    @Override
    public Optional<KeyPool> pool() {
      return Optional.ofNullable(pool);
    }

    @Override
    public Optional<PeerService> service(String name) {
      // of two under one name (a swap under way) the older service, which sorts higher, serves
      return services.stream()
          .filter(s -> name.equals(s.reference().getProperty(PeerService.NAME)))
          .max(Comparator.comparing(Named::reference))
          .map(Named::service);
    }

    @Override
    public List<PeerListener> listeners() {
      return List.copyOf(listeners);
    }
  }
}
