package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.keys.KeyProducer;
import io.bellgate.api.ops.CannotPark;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.annotation.bundle.Requirement;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Keeps the pool filled with keys from ML-KEM, joined with X25519 or alone, for every peer that is
 * connected.
 *
 * <p>One thread, {@code keys.pqc}, owns all state. In the gap of a swap peers are told that there
 * is no such service and try again; exchanges under way are dropped, and resolved by ID once the
 * successor runs.
 */
@Component(
    service = {
      PeerListener.class,
      PeerService.class,
      KeyProducer.class,
      Handover.class,
      StatusSource.class
    },
    immediate = true,
    configurationPid = "io.bellgate.keys.pqc",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      PeerService.NAME + "=" + KeyEstablishment.SERVICE,
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=1",
      StatusSource.SECTION + "=keys.pqc"
    })
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.crypto.AlgorithmRegistry)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.keys.KeyPool)",
    effective = "active")
public final class HybridKeys
    implements PeerListener, PeerService, KeyProducer, Handover, StatusSource {
  private static final System.Logger LOG = System.getLogger(HybridKeys.class.getName());
  private static final long TICK_MILLIS = 200;
  private static final Duration STOP_BOUND = Duration.ofSeconds(5);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread made = new Thread(work, "keys.pqc");
            made.setDaemon(true);
            return made;
          });
  private final KeyEstablishment establishment =
      new KeyEstablishment(
          new Surroundings(
              () -> this.settings,
              () -> this.pool,
              () -> this.random,
              () -> this.registry,
              System::nanoTime),
          this::execute);
  private volatile Settings settings;
  private volatile boolean parked;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile KeyPool pool;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile AlgorithmRegistry registry;

  /** Made by Declarative Services. */
  public HybridKeys() {}

  @Activate
  void activate(BundleContext context, Configuration configuration) {
    settings = Settings.of(configuration, context);
    thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    if (settings.suites().contains(Suite.CLASSICAL)) {
      LOG.log(Level.WARNING, "keys that are not quantum safe are made, too: classical=true");
    }
  }

  @Modified
  void modified(BundleContext context, Configuration configuration) {
    settings = Settings.of(configuration, context);
  }

  @Deactivate
  void stop() throws InterruptedException {
    parked = true;
    execute(establishment::freeze);
    thread.shutdown();
    thread.awaitTermination(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void execute(Runnable work) {
    try {
      thread.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException bug) {
              LOG.log(Level.ERROR, "key establishment failed", bug);
            }
          });
    } catch (RejectedExecutionException stopped) {
      LOG.log(Level.DEBUG, "key establishment has stopped", stopped);
    }
  }

  private void tick() {
    if (!parked) {
      establishment.tick();
    }
  }

  @Override
  public void connected(PeerSession session) {
    establishment.connected(session);
  }

  @Override
  public void disconnected(PeerSession session) {
    establishment.disconnected(session);
  }

  @Override
  public CompletionStage<byte[]> handle(String peer, byte[] request) {
    if (parked) {
      throw new Gone("keys.pqc");
    }
    return establishment.handle(peer, request);
  }

  @Override
  public void wanted(String peer, KeyOrigin.Kind kind) {
    if (!parked) {
      establishment.wanted(peer, kind);
    }
  }

  @Override
  public Parked park(int format, Duration bound) throws CannotPark {
    parked = true;
    try {
      thread.submit(establishment::freeze).get(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException busy) {
      parked = false;
      throw new CannotPark("key establishment parks between two messages: bound=" + bound);
    }
    return new Parked("io.bellgate.keys.pqc", format, Secret.copyOf(new byte[] {1}));
  }

  @Override
  public void resume() {
    parked = false;
  }

  @Override
  public Map<String, Object> status() {
    Settings now = settings;
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("suites", now.suites().stream().map(Suite::id).toList());
    status.put("keysPerExchange", now.keysPerExchange());
    status.put("lowWaterKeys", now.lowWaterKeys());
    status.put("keyLifeSeconds", now.life().toSeconds());
    status.put("pool", pool != null);
    status.put("randomBits", random != null);
    status.put("registry", registry != null);
    status.put("peers", establishment.status());
    return status;
  }
}
