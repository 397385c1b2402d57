package io.bellgate.qkd.link;

import io.bellgate.api.bits.Secret;
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
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.qkd.link.channel.Frame;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
import org.osgi.service.metatype.annotations.Designate;

/**
 * One QKD link to one peer.
 *
 * <p>One thread, {@code qkd.link}, runs blocks. A block pins protocol, reconciler and device when
 * it begins, so that those are swapped between blocks; in the gap of a swap of the pool a block
 * waits. In a swap of the link itself the block in flight is finished if it ends within half the
 * bound, and given up otherwise: counted, and never a key lost.
 */
@Component(
    service = {
      PeerListener.class,
      PeerService.class,
      KeyProducer.class,
      Handover.class,
      StatusSource.class,
      QuantumLink.class
    },
    immediate = true,
    configurationPid = "io.bellgate.qkd.link",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      PeerService.NAME + "=" + Rounds.SERVICE,
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=1",
      StatusSource.SECTION + "=qkd.link"
    })
@Designate(ocd = Configuration.class)
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
    filter = "(objectClass=io.bellgate.api.qkd.QkdProtocol)",
    effective = "active")
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.qkd.Reconciler)",
    effective = "active")
public final class QuantumLink
    implements PeerListener, PeerService, KeyProducer, Handover, StatusSource, Surroundings {
  private static final System.Logger LOG = System.getLogger(QuantumLink.class.getName());
  private static final long TICK_MILLIS = 200;
  private static final Duration STOP_BOUND = Duration.ofSeconds(5);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread made = new Thread(work, "qkd.link");
            made.setDaemon(true);
            return made;
          });
  private final Tally tally = new Tally();
  private final Providers<QuantumChannel> channels = new Providers<>();
  private final Providers<QkdProtocol> protocols = new Providers<>();
  private final Providers<Reconciler> reconcilers = new Providers<>();
  private volatile Rounds rounds;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile KeyPool pool;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile RandomBits random;

  /** Made by Declarative Services. */
  public QuantumLink() {}

  @Activate
  void activate(BundleContext context, Configuration configuration) {
    RecordFile file =
        new RecordFile(Path.of(String.valueOf(context.getProperty("bellgate.data")), "qkd"));
    rounds =
        new Rounds(settings(context, configuration), this, Clock.systemUTC(), tally, file::append);
    thread.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Settings settings(BundleContext context, Configuration configuration) {
    return Settings.of(configuration, String.valueOf(context.getProperty("bellgate.site")));
  }

  @Modified
  void modified(BundleContext context, Configuration configuration) {
    rounds.settings(settings(context, configuration));
  }

  @Deactivate
  void stop() throws InterruptedException {
    rounds.close();
    rounds.cancel();
    thread.shutdownNow();
    thread.awaitTermination(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindChannel(QuantumChannel channel, Map<String, Object> properties) {
    channels.add(properties.get(QuantumChannel.PEER), channel);
  }

  void unbindChannel(QuantumChannel channel) {
    channels.remove(channel);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindProtocol(QkdProtocol protocol, Map<String, Object> properties) {
    protocols.add(properties.get(QkdProtocol.NAME), protocol);
  }

  void unbindProtocol(QkdProtocol protocol) {
    protocols.remove(protocol);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindReconciler(Reconciler reconciler, Map<String, Object> properties) {
    reconcilers.add(properties.get(Reconciler.NAME), reconciler);
  }

  void unbindReconciler(Reconciler reconciler) {
    reconcilers.remove(reconciler);
  }

  private void tick() {
    guarded(rounds::tick);
  }

  private void guarded(Rounds.Task task) {
    try {
      task.run();
    } catch (InterruptedException cancelled) {
      LOG.log(System.Logger.Level.DEBUG, "a block was given up", cancelled);
    } catch (Gone swap) {
      LOG.log(System.Logger.Level.DEBUG, "something is being swapped", swap);
    } catch (Throwable bug) { // an error, too: the next tick would never come
      LOG.log(System.Logger.Level.ERROR, "the link failed, will go on", bug);
    }
  }

  @Override
  public void connected(PeerSession session) {
    rounds.connected(session);
  }

  @Override
  public void disconnected(PeerSession session) {
    rounds.disconnected(session);
  }

  @Override
  public CompletionStage<byte[]> handle(String peer, byte[] request) {
    try {
      return CompletableFuture.completedFuture(
          rounds.arrived(peer, Frame.decode(request), task -> thread.execute(() -> guarded(task))));
    } catch (IllegalArgumentException malformed) {
      return CompletableFuture.failedFuture(
          new io.bellgate.api.peer.PeerFailure(
              io.bellgate.api.peer.PeerFailure.Reason.REFUSED, malformed.getMessage()));
    } catch (RejectedExecutionException stopped) {
      throw new Gone(Rounds.SERVICE);
    } catch (Gone parked) {
      throw parked;
    } catch (RuntimeException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  @Override
  public void wanted(String peer, KeyOrigin.Kind kind) {
    // blocks run as fast as the link gives them while the pool is not full
  }

  @Override
  public Parked park(int format, Duration bound) throws CannotPark {
    rounds.close();
    if (!rounds.awaitIdle(bound.dividedBy(2))) {
      rounds.cancel();
      if (!rounds.awaitIdle(bound.dividedBy(2))) {
        rounds.reopen();
        throw new CannotPark("the link parks between two blocks: bound=" + bound + "; try again");
      }
    }
    return new Parked("io.bellgate.qkd.link", format, Secret.copyOf(new byte[] {1}));
  }

  @Override
  public void resume() {
    rounds.reopen();
  }

  @Override
  public QuantumChannel quantum(String peer) {
    return channels.get(peer);
  }

  @Override
  public QkdProtocol protocol(String name) {
    return protocols.get(name);
  }

  @Override
  public Reconciler reconciler(String name) {
    return reconcilers.get(name);
  }

  @Override
  public RandomBits random() {
    return random;
  }

  @Override
  public KeyPool pool() {
    return pool;
  }

  Settings settings() {
    return rounds.settings();
  }

  List<BlockRecord> records() {
    return tally.records();
  }

  @Override
  public Map<String, Object> status() {
    Settings now = rounds.settings();
    String state = rounds.state();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("peer", now.peer());
    status.put("role", now.role().name().toLowerCase(java.util.Locale.ROOT));
    status.put("protocol", now.proposal().protocol());
    status.put("reconciler", now.proposal().reconciler());
    QuantumChannel device = channels.get(now.peer());
    status.put("device", device == null ? "none" : device.description());
    status.put("simulated", device != null && device.simulated());
    status.put("state", state);
    status.putAll(tally.status());
    List<String> problems = new ArrayList<>();
    if (state.contains(Rounds.NO_TAG_KEY) || state.startsWith("missing")) {
      problems.add(state);
    }
    status.put("problems", problems);
    return status;
  }
}
