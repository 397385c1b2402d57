package io.bellgate.keys.pool;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.CannotPark;
import io.bellgate.api.ops.Depot;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.api.peer.PeerListener;
import io.bellgate.api.peer.PeerService;
import io.bellgate.api.peer.PeerSession;
import io.bellgate.journal.Disk;
import io.bellgate.keys.pool.peers.Around;
import io.bellgate.keys.pool.peers.Talk;
import io.bellgate.keys.pool.store.Carried;
import io.bellgate.keys.pool.store.Keys;
import io.bellgate.keys.pool.store.Ledger;
import io.bellgate.keys.pool.store.Place;
import io.bellgate.keys.pool.store.Storage;
import io.bellgate.keys.pool.store.Surroundings;
import io.bellgate.keys.pool.store.Witness;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
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
 * The key pool in a journal, and its talk with the peers' pools.
 *
 * <p>No lock of its own: one thread of {@link Storage} owns what is durable, {@link Owner} the
 * talk. In the gap of a swap callers get {@link Gone}; the successor reads the file and goes on
 * with the same run, so that nothing is burnt. {@link #reserve} answers {@link Gone}, too, until
 * this run has met the peer's pool, and {@link #take} is empty until then. Without random bits only
 * {@link #deposit} answers {@link Gone}.
 *
 * <p>Security: what was taken is never given out again, whatever copy of the data folder is run.
 * Its sealed octets cannot be opened once the journal was written anew, see {@link Ledger}.
 */
@Component(
    service = {
      KeyPool.class,
      PeerListener.class,
      PeerService.class,
      Handover.class,
      StatusSource.class
    },
    immediate = true,
    configurationPid = "io.bellgate.keys.pool",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      PeerService.NAME + "=" + Talk.SERVICE,
      Handover.WRITES + ":Integer=2",
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=2",
      Handover.READS + ":Integer=1",
      StatusSource.SECTION + "=keys"
    })
@Designate(ocd = Configuration.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
public final class JournalKeyPool
    implements KeyPool, PeerListener, PeerService, Handover, StatusSource {
  private static final System.Logger LOG = System.getLogger(JournalKeyPool.class.getName());
  private static final String SELF = "io.bellgate.keys.pool";
  private static final Duration STOP_BOUND = Duration.ofSeconds(5);

  private final Gate gate = new Gate("keys.pool");
  private final Map<Purpose, Long> taken = new ConcurrentSkipListMap<>();
  private final Owner owner;
  private final Witness witness;
  private final Clock clock;
  private final Talk talk;
  private volatile Storage storage;
  private volatile Settings settings;
  private volatile boolean carriedOn;

  /** Where salts and wrapping keys come from. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile RandomBits random;

  /** Where a predecessor's run waits. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile Depot depot;

  /** Made by Declarative Services. */
  public JournalKeyPool() {
    this(new Owner(), Witness.PEER, Clock.systemUTC());
  }

  JournalKeyPool(Owner owner, Witness witness, Clock clock) {
    this.owner = owner;
    this.witness = witness;
    this.clock = clock;
    this.talk =
        new Talk(new Around(() -> storage, owner, owner::nanos, () -> settings.leaseChunks()));
  }

  @Activate
  void activate(BundleContext context, Configuration configuration) throws IOException {
    start(Settings.place(configuration, context), Settings.of(configuration, context));
    owner.every(this::wake);
  }

  /** Opens the store. */
  void start(Place place, Settings now) throws IOException {
    settings = now;
    Optional<Carried> carried =
        Optional.ofNullable(depot).flatMap(d -> d.claim(SELF)).flatMap(Carried::of);
    storage =
        new Storage(
            place,
            new Surroundings(
                Disk.FILES, clock, () -> settings.levels(), () -> random, witness, carried),
            talk::wake);
    LOG.log(Level.INFO, "key pool: place={0} lab={1}", place, now.lab());
  }

  @Modified
  void modified(BundleContext context, Configuration configuration) throws IOException {
    Place place = Settings.place(configuration, context);
    Settings now = Settings.of(configuration, context);
    if (!place.equals(storage.place())) {
      gate.shut(STOP_BOUND);
      Bound.await(talk.freeze(), STOP_BOUND);
      storage.close(true);
      start(place, now);
      talk.thaw();
      gate.reopen();
    }
    settings = now;
  }

  @Deactivate
  void stop() {
    int inside = gate.shut(STOP_BOUND);
    if (inside > 0) {
      LOG.log(Level.WARNING, "the key pool stops under calls: inside={0}", inside);
    }
    Bound.await(talk.freeze(), STOP_BOUND);
    owner.stop();
    storage.close(!carriedOn);
  }

  /** Looks what is to be done with the peers; to be called a few times a second. */
  void wake() {
    talk.wake();
  }

  @Override
  public void connected(PeerSession session) {
    talk.connected(session);
  }

  @Override
  public void disconnected(PeerSession session) {
    talk.disconnected(session);
  }

  @Override
  public CompletionStage<byte[]> handle(String peer, byte[] request) {
    return talk.handle(peer, request);
  }

  @Override
  public void deposit(KeyBlock block) {
    settings.check(block.origin());
    gate.run(
        () -> {
          RandomBits bits = random;
          if (bits == null) {
            throw new Gone("entropy.hub");
          }
          storage.run(ledger -> ledger.keys().deposit(block, bits));
          return null;
        });
  }

  @Override
  public boolean confirm(String peer, UUID block) {
    return gate.run(() -> storage.call(ledger -> ledger.keys().confirm(peer, block)));
  }

  @Override
  public void discard(String peer, UUID block) {
    gate.run(
        () -> {
          storage.run(ledger -> ledger.keys().discard(peer, block));
          return null;
        });
  }

  @Override
  public List<UUID> unconfirmed(String peer) {
    return gate.run(() -> storage.call(ledger -> ledger.keys().unconfirmed(peer)));
  }

  @Override
  public Optional<Key> take(
      String peer, Purpose purpose, int octets, Predicate<KeyOrigin> acceptable) {
    int chunks = Keys.chunks(octets);
    return gate.run(() -> taken(peer, purpose, chunks, acceptable));
  }

  private Optional<Key> taken(
      String peer, Purpose purpose, int chunks, Predicate<KeyOrigin> acceptable) {
    Set<KeyOrigin> origins =
        storage.takeable(peer).stream().filter(acceptable).collect(Collectors.toSet());
    if (origins.isEmpty()) {
      return Optional.empty();
    }
    Keys.Order order = new Keys.Order(peer, purpose, chunks, origins);
    Optional<Key> key = storage.call(ledger -> ledger.keys().take(order));
    if (key.isPresent()) {
      taken.merge(purpose, 1L, Long::sum);
    } else {
      talk.wake(); // it may want a lease
    }
    return key;
  }

  @Override
  public Optional<Reservation> reserve(String peer, KeyId id) {
    gate.enter();
    Optional<Key> key = Optional.empty();
    try {
      key = storage.call(ledger -> ledger.keys().reserve(peer, id));
      return key.map(k -> new Reserved(storage, gate, peer, k));
    } finally {
      if (key.isEmpty()) {
        gate.leave();
      }
    }
  }

  @Override
  public List<Stock> stocks() {
    return gate.run(storage::stocks);
  }

  @Override
  public Parked park(int format, Duration bound) throws CannotPark {
    int inside = gate.shut(bound);
    if (inside > 0 || !Bound.await(talk.freeze(), bound)) {
      resume();
      throw new CannotPark(
          "the key pool parks when all calls and reservations are over: inside="
              + inside
              + " bound="
              + bound
              + "; try again");
    }
    byte[] state =
        format == Carried.FORMAT
            ? storage.call(ledger -> ledger.leases().carry()).encode()
            : new byte[] {1};
    carriedOn = format == Carried.FORMAT;
    return new Parked(SELF, format, Secret.absorb(state));
  }

  @Override
  public void resume() {
    carriedOn = false;
    talk.thaw();
    gate.reopen();
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>(PoolStatus.of(storage));
    status.put("lab", settings.lab());
    status.put("randomBits", random != null);
    status.put("takenByPurpose", PoolStatus.of(taken));
    status.put("peers", talk.status());
    return status;
  }
}
