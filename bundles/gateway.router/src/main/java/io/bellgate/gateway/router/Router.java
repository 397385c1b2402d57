package io.bellgate.gateway.router;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.KeyCombiner;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.KeyProducer;
import io.bellgate.api.message.Intake;
import io.bellgate.api.message.Message;
import io.bellgate.api.message.Sink;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.peer.PeerFailure;
import io.bellgate.api.peer.PeerLink;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.api.policy.Policy;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
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
 * The router: asks the policy, stores, takes keys, protects, forwards, unprotects, delivers.
 *
 * <p>Stateful: everything it promised is in its store. In the gap of a swap {@link #offer} answers
 * busy and peers are told to come again; nothing that was accepted is in memory only. What it hands
 * over is on disk already, so the parked state is empty.
 */
@Component(
    configurationPid = "io.bellgate.gateway.router",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    immediate = true,
    service = {
      Intake.class,
      PeerService.class,
      PeerListener.class,
      StatusSource.class,
      Handover.class
    },
    property = {
      PeerService.NAME + "=" + Wire.SERVICE,
      StatusSource.SECTION + "=router",
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=1"
    })
@Designate(ocd = Settings.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.policy.Policy)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.keys.KeyPool)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.keys.KeyCombiner)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.peer.PeerLink)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.message.Sink)",
    effective = "active")
public final class Router implements Intake, PeerService, PeerListener, StatusSource, Handover {
  private static final String SELF = "io.bellgate.gateway.router";

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Policy policy;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile KeyPool pool;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile KeyCombiner combiner;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile PeerLink link;

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  private volatile java.util.List<KeyProducer> producers;

  private record Named(ServiceReference<Sink> reference, Sink sink) {}

  private final CopyOnWriteArrayList<Named> sinks = new CopyOnWriteArrayList<>();
  private final Counters counters = new Counters();
  private volatile Settings settings;
  private volatile Traffic traffic;

  /** Starts with what the component runtime binds. */
  public Router() {}

  @Activate
  synchronized void activate(Settings configured) {
    settings = configured;
    traffic = open();
  }

  @Modified
  synchronized void modified(Settings configured) {
    settings = configured;
    if (traffic != null) {
      traffic.close();
      traffic = open();
    }
  }

  @Deactivate
  synchronized void deactivate() {
    Traffic open = traffic;
    traffic = null;
    if (open != null) {
      open.close();
    }
  }

  private Traffic open() {
    return new Traffic(
        settings,
        new Bound(),
        counters,
        InstantSource.system(),
        System::nanoTime,
        new SecureRandom());
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindSink(Sink sink, ServiceReference<Sink> reference) {
    sinks.add(new Named(reference, sink));
  }

  void unbindSink(ServiceReference<Sink> reference) {
    sinks.removeIf(s -> s.reference().equals(reference));
  }

  @Override
  public CompletionStage<Acceptance> offer(Message message) {
    Traffic open = traffic;
    return open == null
        ? CompletableFuture.completedFuture(new Acceptance.Busy(1))
        : open.offer(message);
  }

  @Override
  public CompletionStage<byte[]> handle(String peer, byte[] request) {
    Traffic open = traffic;
    if (open == null) {
      return CompletableFuture.failedFuture(
          new PeerFailure(PeerFailure.Reason.NO_SERVICE, "the router is being swapped"));
    }
    return open.arrived(peer, request);
  }

  @Override
  public void connected(PeerSession session) {
    Traffic open = traffic;
    if (open != null) {
      open.wake();
    }
  }

  @Override
  public Map<String, Object> status() {
    Traffic open = traffic;
    return open == null ? Map.of("state", "parked") : open.status();
  }

  @Override
  public synchronized Parked park(int format, Duration bound) {
    deactivate();
    return new Parked(SELF, format, Secret.copyOf(new byte[] {1}));
  }

  @Override
  public synchronized void resume() {
    if (traffic == null) {
      traffic = open();
    }
  }

  /** What is bound right now. */
  private final class Bound implements Surroundings {
    @Override
    public Optional<Policy> policy() {
      return Optional.ofNullable(policy);
    }

    @Override
    public Optional<KeyPool> pool() {
      return Optional.ofNullable(pool);
    }

    @Override
    public Optional<KeyCombiner> combiner() {
      return Optional.ofNullable(combiner);
    }

    @Override
    public Optional<PeerSession> session(String peer) {
      PeerLink bound = link;
      return bound == null ? Optional.empty() : bound.session(peer);
    }

    @Override
    public Optional<Sink> sink(String name) {
      // of two with one name (a swap under way) the older service, which sorts higher, serves
      return sinks.stream()
          .filter(s -> name.equals(s.reference().getProperty(Sink.NAME)))
          .max(java.util.Comparator.comparing(Named::reference))
          .map(Named::sink);
    }

    @Override
    public void wanted(String peer, KeyOrigin.Kind kind) {
      java.util.List<KeyProducer> bound = producers;
      if (bound != null) {
        bound.forEach(p -> p.wanted(peer, kind));
      }
    }
  }
}
