package io.bellgate.keys.pool;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyBlock;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.api.ops.CannotPark;
import io.bellgate.api.ops.Gone;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import io.bellgate.api.ops.StatusSource;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
 * The key pool in a journal.
 *
 * <p>No lock of its own: one {@link StorageThread} owns all state. In the gap of a swap callers get
 * {@link Gone}; the successor reads everything from the file, so that the parked state says nothing
 * but that the file is complete. Without random bits only {@link #deposit} answers {@link Gone}.
 *
 * <p>Security: what was taken is never given out again. Its sealed octets stay on the disk until
 * the store reuses their place; who has the disk and the wrapping key can read them until then.
 */
@Component(
    service = {KeyPool.class, Handover.class, StatusSource.class},
    immediate = true,
    configurationPid = "io.bellgate.keys.pool",
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    property = {
      Handover.WRITES + ":Integer=1",
      Handover.READS + ":Integer=1",
      StatusSource.SECTION + "=keys"
    })
@Designate(ocd = Configuration.class)
@Requirement(
    namespace = "osgi.service",
    filter = "(objectClass=io.bellgate.api.entropy.RandomBits)",
    effective = "active")
public final class JournalKeyPool implements KeyPool, Handover, StatusSource {
  private static final System.Logger LOG = System.getLogger(JournalKeyPool.class.getName());
  private static final Duration STOP_BOUND = Duration.ofSeconds(5);
  private static final int MOST_PURPOSES = 32;

  private final Gate gate = new Gate("keys.pool");
  private final Map<String, Long> takenByPurpose = new ConcurrentSkipListMap<>();
  private volatile Storage storage;
  private volatile boolean lab;

  /** Where salts and the wrapping key come from. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile RandomBits random;

  /** Made by Declarative Services. */
  public JournalKeyPool() {}

  @Activate
  void activate(BundleContext context, Configuration configuration) throws IOException {
    start(Place.of(configuration, context), lab(configuration, context), Clock.systemUTC());
  }

  /** Opens the store. */
  void start(Place place, boolean inLab, Clock clock) throws IOException {
    lab = inLab;
    storage = new Storage(place, clock);
    LOG.log(
        Level.INFO,
        "key pool: file={0} site={1} lab={2} fsync={3}",
        place.store(),
        place.site(),
        inLab,
        place.fsync());
  }

  private static boolean lab(Configuration configuration, BundleContext context) {
    return configuration.lab() || Boolean.parseBoolean(context.getProperty("bellgate.lab"));
  }

  @Modified
  void modified(BundleContext context, Configuration configuration) throws IOException {
    Place place = Place.of(configuration, context);
    if (!place.equals(storage.place())) {
      gate.shut(STOP_BOUND);
      storage.close();
      start(place, lab(configuration, context), Clock.systemUTC());
      gate.reopen();
    }
    lab = lab(configuration, context);
  }

  @Deactivate
  void stop() {
    int inside = gate.shut(STOP_BOUND);
    if (inside > 0) {
      LOG.log(Level.WARNING, "the key pool stops under calls: inside={0}", inside);
    }
    storage.close();
  }

  @Override
  public void deposit(KeyBlock block) {
    if (block.origin().simulated() && !lab) {
      throw new IllegalArgumentException(
          "simulated key is accepted in lab mode only: origin="
              + block.origin()
              + "; set lab=true if this is a lab");
    }
    gate.enter();
    try {
      RandomBits bits = random;
      if (bits == null) {
        throw new Gone("entropy.hub");
      }
      byte[] salt = new byte[BlockCodec.SALT_OCTETS];
      bits.fill(salt);
      Seal seal = storage.seal(bits);
      storage.call(ledger -> depositWith(ledger, block, seal, salt));
    } finally {
      gate.leave();
    }
  }

  private static Void depositWith(Ledger ledger, KeyBlock block, Seal seal, byte[] salt) {
    ledger.deposit(block, seal, salt);
    return null;
  }

  @Override
  public boolean confirm(String peer, UUID block) {
    gate.enter();
    try {
      return storage.call(ledger -> ledger.confirm(peer, block));
    } finally {
      gate.leave();
    }
  }

  @Override
  public void discard(String peer, UUID block) {
    gate.enter();
    try {
      storage.call(ledger -> discardFrom(ledger, peer, block));
    } finally {
      gate.leave();
    }
  }

  private static Void discardFrom(Ledger ledger, String peer, UUID block) {
    ledger.discard(peer, block);
    return null;
  }

  @Override
  public List<UUID> unconfirmed(String peer) {
    gate.enter();
    try {
      return storage.call(ledger -> ledger.unconfirmed(peer));
    } finally {
      gate.leave();
    }
  }

  @Override
  public Optional<Key> take(
      String peer, Purpose purpose, int octets, Predicate<KeyOrigin> acceptable) {
    if (octets != CHUNK_OCTETS) {
      throw new IllegalArgumentException("a key is one chunk: octets=" + octets);
    }
    gate.enter();
    try {
      Set<KeyOrigin> origins =
          storage.takeable(peer).stream().filter(acceptable).collect(Collectors.toSet());
      if (origins.isEmpty()) {
        return Optional.empty();
      }
      Seal seal = storage.seal();
      Optional<Key> key = storage.call(ledger -> ledger.take(peer, origins, seal));
      key.ifPresent(k -> record(purpose.name().toLowerCase(java.util.Locale.ROOT)));
      return key;
    } finally {
      gate.leave();
    }
  }

  private void record(String purpose) {
    boolean known = takenByPurpose.containsKey(purpose) || takenByPurpose.size() < MOST_PURPOSES;
    takenByPurpose.merge(known ? purpose : "other", 1L, Long::sum);
  }

  @Override
  public Optional<Reservation> reserve(String peer, KeyId id) {
    gate.enter();
    Optional<Key> key = Optional.empty();
    try {
      Seal seal = storage.seal();
      key = storage.call(ledger -> ledger.reserve(peer, id, seal));
      return key.map(Reserved::new);
    } finally {
      if (key.isEmpty()) {
        gate.leave();
      }
    }
  }

  /** A reservation stays inside the gate until it is committed or closed. */
  private final class Reserved implements Reservation {
    private final Key key;
    private boolean over;

    Reserved(Key key) {
      this.key = key;
    }

    @Override
    public Key key() {
      return key;
    }

    @Override
    public void commit() {
      if (over) {
        throw new IllegalStateException("a reservation is committed once: key=" + key.id());
      }
      storage.call(ledger -> commitIn(ledger, key.id()));
      over = true;
      gate.leave();
    }

    @Override
    public void close() {
      if (over) {
        return;
      }
      over = true;
      Secret secret = key.secret();
      secret.destroy();
      try {
        storage.call(ledger -> releaseIn(ledger, key.id()));
      } finally {
        gate.leave();
      }
    }
  }

  private static Void commitIn(Ledger ledger, KeyId id) {
    ledger.commitReserved(id);
    return null;
  }

  private static Void releaseIn(Ledger ledger, KeyId id) {
    ledger.release(id);
    return null;
  }

  @Override
  public List<Stock> stocks() {
    gate.enter();
    try {
      return storage.stocks();
    } finally {
      gate.leave();
    }
  }

  @Override
  public Parked park(int format, Duration bound) throws CannotPark {
    int inside = gate.shut(bound);
    if (inside > 0) {
      gate.reopen();
      throw new CannotPark(
          "the key pool parks when all calls and reservations are over: inside="
              + inside
              + " bound="
              + bound
              + "; try again");
    }
    return new Parked("io.bellgate.keys.pool", format, Secret.copyOf(new byte[] {1}));
  }

  @Override
  public void resume() {
    gate.reopen();
  }

  @Override
  public Map<String, Object> status() {
    Storage now = storage;
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("site", now.place().site());
    status.put("lab", lab);
    status.put("fsync", now.place().fsync());
    status.put("file", now.place().store().toString());
    status.put("wrappingKey", wrappingKey(now));
    status.put("failure", now.failure());
    status.put("randomBits", random != null);
    List<Map<String, Object>> stocks = new ArrayList<>();
    for (Stock stock : now.lastStocks()) {
      stocks.add(row(stock));
    }
    status.put("stocks", stocks);
    status.put("takenByPurpose", new LinkedHashMap<>(takenByPurpose));
    return status;
  }

  private static String wrappingKey(Storage now) {
    try {
      return now.seal() == null ? "none yet" : OwnerOnlyFile.protection(now.place().keyFile());
    } catch (IOException unreadable) {
      return "file cannot be read";
    }
  }

  private static Map<String, Object> row(Stock stock) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("peer", stock.peer());
    row.put("origin", stock.origin().toString());
    row.put("ownOctets", stock.own());
    row.put("peersOctets", stock.peers());
    row.put("unconfirmedOctets", stock.unconfirmed());
    row.put("takenKeys", stock.taken());
    row.put("committedKeys", stock.committed());
    return row;
  }
}
