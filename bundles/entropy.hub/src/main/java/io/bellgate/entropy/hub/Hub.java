package io.bellgate.entropy.hub;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.EntropyFailure;
import io.bellgate.api.entropy.HealthTest;
import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Output;
import io.bellgate.api.entropy.Provenance;
import io.bellgate.api.entropy.Provenance.Construction;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.ops.StatusSource;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The random bits of the gateway: from the noise sources there are, or from the operating system's
 * generator where that is allowed, and it says which. With neither it gives nothing.
 *
 * <p>A source is credited if it is physical, no simulation, and either raw or named in the
 * configuration; of two sources that are one device only the first counts. A simulation is mixed
 * into {@link #drawBest} in lab mode, and never into anything else.
 *
 * <p>One lock, on this object, around what is noted of the sources.
 *
 * <p>A swap runs the new version beside the old: there is no state to hand over, since a generator
 * is seeded anew.
 */
@Component(
    immediate = true,
    configurationPid = "io.bellgate.entropy.hub",
    service = {Hub.class, RandomBits.class, StatusSource.class},
    property = StatusSource.SECTION + "=entropy")
@Designate(ocd = Settings.class)
public final class Hub implements RandomBits, StatusSource {
  private static final System.Logger LOG = System.getLogger(Hub.class.getName());
  private static final int MOST_OCTETS = 65_536;

  /** A service that was registered earlier sorts higher. */
  private static final Comparator<ServiceReference<?>> BY_AGE = (a, b) -> b.compareTo(a);

  private final Map<ServiceReference<?>, Source> sources = new ConcurrentHashMap<>();
  private final AtomicReference<String> told = new AtomicReference<>("");
  private final AtomicLong draws = new AtomicLong();
  private final AtomicLong octetsDrawn = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicLong losses = new AtomicLong();
  private final SystemSource system;
  private final boolean lab;
  private final LongSupplier nanos;
  private volatile Settings settings;
  private volatile Generator generator;
  private volatile boolean stopped;

  /** What bits rested on when it was told last; null for none, or the operating system. */
  private volatile Source toldSource;

  /** What is credited, healthy or not, each device once, the oldest service first. */
  private volatile List<Source> credited = List.of();

  /** The same of simulations in a laboratory. */
  private volatile List<Source> simulated = List.of();

  /**
   * Opens the operating system's source and runs its start-up tests.
   *
   * @param context tells whether this gateway runs in a laboratory
   * @param configured what is allowed
   */
  @Activate
  public Hub(BundleContext context, Settings configured) {
    this(
        SystemSource.open(),
        configured,
        "true".equals(context.getProperty("bellgate.lab")),
        System::nanoTime);
  }

  Hub(SystemSource system, Settings configured, boolean lab, LongSupplier nanos) {
    this.system = system;
    this.lab = lab;
    this.nanos = nanos;
    this.settings = configured;
    this.generator = new Generator(system, this::sources, configured.reseed_seconds(), nanos);
    tell();
  }

  @Modified
  void modified(Settings configured) {
    Generator before = generator;
    settings = configured;
    generator = new Generator(system, this::sources, configured.reseed_seconds(), nanos);
    before.close();
    tell();
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindSource(NoiseSource noise, ServiceReference<?> reference) {
    Source before = sources.put(reference, new Source(noise, this::tell, () -> further));
    if (before != null) {
      before.close();
    }
    tell();
  }

  /** Tests that other bundles bring. */
  @Reference(
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  volatile List<HealthTest> further = List.of();

  void unbindSource(ServiceReference<?> reference) {
    Source gone = sources.get(reference);
    if (gone != null) {
      gone.close(); // first: whoever looks meanwhile sees that it goes in good health
      sources.remove(reference);
      tell();
    }
  }

  @Deactivate
  void stop() {
    stopped = true;
    sources.values().forEach(Source::close);
    sources.clear();
    generator.close();
    system.close();
  }

  private List<Source> all(Predicate<Source> wanted) {
    Set<String> devices = new HashSet<>();
    return sorted().filter(wanted).filter(s -> devices.add(s.description().device())).toList();
  }

  private Stream<Source> sorted() {
    return sources.entrySet().stream()
        .sorted(Map.Entry.<ServiceReference<?>, Source>comparingByKey(BY_AGE))
        .map(Map.Entry::getValue);
  }

  private List<Source> credited() {
    return credited;
  }

  private boolean credited(Source source) {
    NoiseSource.Description of = source.description();
    return of.physical()
        && !of.simulated()
        && (of.output() == Output.RAW || List.of(settings.credited_opaque()).contains(of.name()));
  }

  @Override
  public Secret draw(int octets) {
    return drawn(octets, false).secret();
  }

  @Override
  public Drawn drawBest(int octets) {
    return drawn(octets, true);
  }

  private Drawn drawn(int octets, boolean best) {
    if (octets < 1 || octets > MOST_OCTETS) {
      throw new IllegalArgumentException(
          "a draw is 1 to " + MOST_OCTETS + " octets: octets=" + octets);
    }
    byte[] drawn = new byte[octets];
    try {
      Provenance provenance = into(drawn, best);
      return new Drawn(Secret.absorb(drawn), provenance);
    } finally {
      Arrays.fill(drawn, (byte) 0);
    }
  }

  @Override
  public void fill(byte[] octets) {
    into(octets, false);
  }

  private Provenance into(byte[] out, boolean best) {
    try {
      Provenance provenance = best ? best(out) : usual(out);
      draws.incrementAndGet();
      octetsDrawn.addAndGet(out.length);
      return provenance;
    } catch (EntropyFailure none) {
      refusals.incrementAndGet();
      Arrays.fill(out, (byte) 0);
      throw none;
    }
  }

  private Provenance usual(byte[] out) {
    refuseIfStopped();
    Source seeded = generator.generate(out, this::credited);
    if (seeded != toldSource) {
      tell();
    }
    if (seeded != null) {
      return provenance(Construction.RBG2_P, seeded);
    }
    if (!settings.operating_system()) {
      throw new EntropyFailure(
          "BG-ENTROPY-003 no credited noise source is healthy, and the operating system's generator is not allowed: sources="
              + sorted().map(s -> s.description().name()).toList()
              + "; see bellgate entropy status");
    }
    system.fill(out);
    return systemProvenance();
  }

  private Provenance best(byte[] out) {
    refuseIfStopped();
    List<Source> base = credited;
    Source full = generator.generateFull(out, base, this::credited);
    if (full == null && base.stream().noneMatch(Source::healthy) && settings.operating_system()) {
      full = generator.generateFull(out, simulated, this::credited);
    }
    if (full == null) {
      return usual(out);
    }
    if (full != toldSource && !full.description().simulated()) {
      tell();
    }
    return provenance(Construction.RBG3_XOR, full);
  }

  private void refuseIfStopped() {
    if (stopped) {
      throw new EntropyFailure("BG-ENTROPY-004 random bits have stopped with their bundle");
    }
  }

  private static Provenance provenance(Construction construction, Source source) {
    return new Provenance(
        construction, List.of(source.description().name()), source.description().simulated());
  }

  private Provenance systemProvenance() {
    return new Provenance(Construction.OPERATING_SYSTEM, List.of(system.name()), false);
  }

  @Override
  public Provenance provenance() {
    refuseIfStopped();
    Source source = generator.restsOn(this::credited);
    if (source != null) {
      return provenance(Construction.RBG2_P, source);
    }
    if (settings.operating_system() && system.healthy()) {
      return systemProvenance();
    }
    throw new EntropyFailure("BG-ENTROPY-003 no source that is allowed is healthy");
  }

  /** Takes note of what is healthy, and says aloud what bits rest on whenever it changes. */
  private synchronized void tell() {
    credited = all(this::credited);
    simulated = lab ? all(s -> s.description().simulated()) : List.of();
    String now;
    try {
      toldSource = generator.restsOn(this::credited);
      now = stopped ? "none" : provenance().toString();
    } catch (EntropyFailure none) {
      now = "none";
    }
    String before = told.getAndSet(now);
    if (before.equals(now)) {
      return;
    }
    boolean loss = before.startsWith(Construction.RBG2_P.name());
    if (loss) {
      losses.incrementAndGet();
    }
    LOG.log(
        loss ? Level.WARNING : Level.INFO,
        "{0} random bits rest on {1}{2}",
        loss ? "BG-ENTROPY-005" : "",
        now,
        loss ? ", no longer on " + before + ": a loss of assurance" : "");
  }

  /** The sources, for the command. */
  List<Source> sources() {
    return sorted().toList();
  }

  @Override
  public Map<String, Object> status() {
    tell();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("restsOn", told.get());
    status.put("operatingSystemAllowed", settings.operating_system());
    status.put("sources", sorted().map(this::row).toList());
    status.put("operatingSystem", system.status());
    status.put("reseeds", generator.reseeds());
    status.put("draws", draws.get());
    status.put("drawnOctets", octetsDrawn.get());
    status.put("refusals", refusals.get());
    status.put("lossesOfAssurance", losses.get());
    List<String> problems = new ArrayList<>();
    sorted()
        .filter(s -> !s.healthy())
        .forEach(s -> problems.add("noise source is not healthy: " + s.description().name()));
    if (told.get().equals("none")) {
      problems.add("no random bits: no source that is allowed is healthy");
    }
    status.put("problems", problems);
    return status;
  }

  private Map<String, Object> row(Source source) {
    Map<String, Object> row = source.status();
    row.put("credited", credited(source));
    return row;
  }
}
