package io.bellgate.keys.pqc.registry;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.Algorithm.SelfTest;
import io.bellgate.api.crypto.Algorithm.Status;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.NotAllowed;
import java.lang.System.Logger.Level;
import java.security.Provider;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The registry. A pair of algorithm and provider is tested when it is first needed, so nothing is
 * used untested and a start pays for what it uses; it fails if what keys and channel need fails; of
 * two that pass, the first of the catalogue is used until both were measured, then the faster one.
 * It is measured half a minute after its first use, by a thread of the lowest priority, and by
 * {@code crypto bench}.
 *
 * <p>Needs no configuration. Thread safe; candidates have locks of their own, nothing is called
 * while another lock is held.
 */
@Component(
    service = {AlgorithmRegistry.class, TestedAlgorithms.class},
    immediate = true,
    configurationPid = "io.bellgate.keys.pqc.registry")
@Designate(ocd = RegistryConfiguration.class)
public final class TestedAlgorithms implements AlgorithmRegistry {
  private static final System.Logger LOG = System.getLogger(TestedAlgorithms.class.getName());

  /** A provider takes another one's place only if it is faster by this factor. */
  private static final double CLEARLY = 1.1;

  /** Tested at the start, since keys and channel need them at once. */
  private static final List<String> FIRST =
      List.of("HKDF-SHA-384", "X25519", "ML-KEM-768", "AES-256-GCM");

  private final Clock clock;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, List<Candidate>> candidates = new LinkedHashMap<>();
  private final Map<String, Candidate> chosen = new ConcurrentHashMap<>();
  private final Negotiations negotiations;
  private final Comparison comparison = new Comparison(this::settle);
  private volatile Rules rules = new Rules(Map.of(), Map.of());

  /** Made by Declarative Services. */
  public TestedAlgorithms() {
    this(Clock.systemUTC(), Catalogue.all());
  }

  TestedAlgorithms(Clock clock, List<Entry> catalogue) {
    this.clock = clock;
    this.negotiations = new Negotiations(clock);
    for (Entry entry : catalogue) {
      entries.put(entry.name(), entry);
      candidates.put(
          entry.name(), entry.sources().stream().map(s -> new Candidate(entry, s)).toList());
    }
  }

  /**
   * Starts.
   *
   * @throws IllegalArgumentException if the configuration is malformed
   * @throws NotAllowed if what every gateway needs fails with all providers: then a library that
   *     was put in is taken out again
   */
  @Activate
  void start(RegistryConfiguration configuration) {
    rules = Rules.of(configuration);
    for (String name : FIRST) {
      Entry entry = entries.get(name);
      if (entry != null && rules.status(entry) != Status.DISABLED) {
        choice(entry);
      }
    }
    comparison.start();
  }

  @Modified
  void modified(RegistryConfiguration configuration) {
    try {
      rules = Rules.of(configuration);
    } catch (IllegalArgumentException malformed) {
      LOG.log(Level.ERROR, "the rules before stay: {0}", malformed.getMessage());
    }
  }

  @Deactivate
  void stop() {
    comparison.stop();
  }

  @Override
  public Algorithm require(String name, Use use) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new NotAllowed("BG-PQC-011 the registry has no such algorithm: name=" + name);
    }
    checkRules(entry, use);
    if (!entry.parts().isEmpty()) {
      List<Algorithm> parts = entry.parts().stream().map(p -> require(p, use)).toList();
      return describe(entry, parts.get(0).provider(), passed(parts), rules.status(entry), 0);
    }
    Candidate candidate = choice(entry);
    if (candidates.get(name).size() > 1) {
      comparison.wanted(name);
    }
    return describe(
        entry,
        candidate.provider().orElseThrow(),
        candidate.known(),
        rules.status(entry),
        candidate.speed());
  }

  /**
   * As {@link #require}, of Bouncy Castle: for who uses its classes without JCA.
   *
   * @param name one that Bouncy Castle has
   * @param use what for
   * @throws NotAllowed on the terms of {@link #require}, or if Bouncy Castle's fails its self-test
   */
  public void requireBouncyCastle(String name, Use use) {
    checkRules(entries.get(name), use);
    Candidate candidate =
        candidates.get(name).stream().filter(Candidate::isBouncyCastle).findFirst().orElseThrow();
    if (!candidate.test().passed()) {
      throw new NotAllowed(
          "BG-PQC-013 Bouncy Castle does not pass the self-test: name="
              + name
              + " "
              + candidate.known().detail());
    }
  }

  private void checkRules(Entry entry, Use use) {
    Status status = rules.status(entry);
    if (status == Status.DISABLED) {
      throw new NotAllowed(
          "BG-PQC-012 this algorithm is disabled: name="
              + entry.name()
              + "; see the configuration io.bellgate.keys.pqc.registry");
    }
    Optional<LocalDate> last = rules.lastDay(entry);
    if (last.isPresent() && LocalDate.now(clock).isAfter(last.get())) {
      throw new NotAllowed(
          "BG-PQC-012 the last day of this algorithm is over: name="
              + entry.name()
              + " notAfter="
              + last.get());
    }
    if (status == Status.ACCEPT_ONLY && use == Use.MAKE) {
      throw new NotAllowed(
          "BG-PQC-012 this algorithm is for what others bring, not for anything new: name="
              + entry.name());
    }
  }

  /** The candidate to use now, tested. */
  private Candidate choice(Entry entry) {
    Candidate before = chosen.get(entry.name());
    if (before != null && before.known().passed()) {
      return before;
    }
    for (Candidate candidate : candidates.get(entry.name())) {
      if (candidate.test().passed()) {
        chosen.put(entry.name(), candidate);
        return candidate;
      }
    }
    throw new NotAllowed(
        "BG-PQC-013 no provider passes the self-test: name="
            + entry.name()
            + candidates.get(entry.name()).stream().map(c -> " " + c.known().detail()).toList());
  }

  /** Measures what competes for one name, and takes the faster from now on. */
  private void settle(String name) {
    measure(name, Comparison.MILLIS);
  }

  /**
   * What one provider does of one algorithm.
   *
   * @param provider name and version
   * @param perSecond operations by name, for one second of processor time; the first decides
   */
  public record Measured(String provider, Map<String, Double> perSecond) {}

  /**
   * Measures every provider that passes, and takes the fastest from now on.
   *
   * @param name one of {@link #names}
   * @param millis processor time for each operation
   * @return the chosen one by the catalogue first; empty if none passes
   */
  public List<Measured> measure(String name, long millis) {
    List<Measured> all = new ArrayList<>();
    Candidate best = null;
    for (Candidate candidate : candidates.get(name)) {
      Map<String, Double> now = candidate.measure(millis);
      if (!now.isEmpty()) {
        all.add(new Measured(version(candidate.provider().orElseThrow()), now));
      }
      boolean usable = candidate.known().passed() && !now.isEmpty();
      if (usable && (best == null || candidate.speed() > CLEARLY * best.speed())) {
        best = candidate;
      }
    }
    if (best != null && chosen.put(name, best) != best) {
      LOG.log(
          Level.INFO,
          "provider chosen: algorithm={0} provider={1}",
          name,
          best.provider().map(TestedAlgorithms::version).orElse(""));
    }
    return all;
  }

  /** Name and version of a provider. */
  public static String version(Provider provider) {
    return provider.getName() + " " + provider.getVersionStr();
  }

  /** Tests everything, again if it was tested before: takes seconds. */
  public void testAll() {
    candidates.values().forEach(list -> list.forEach(Candidate::again));
  }

  /** Tests what nobody needed yet and is quick; signing with SLH-DSA takes seconds. */
  public void testQuick() {
    candidates.forEach(
        (name, list) -> {
          if (!name.startsWith("SLH-DSA") && rules.status(entries.get(name)) != Status.DISABLED) {
            list.forEach(Candidate::test);
          }
        });
  }

  /** Names with candidates, in the order of the catalogue. */
  public List<String> names() {
    return entries.values().stream().filter(e -> e.parts().isEmpty()).map(Entry::name).toList();
  }

  @Override
  public List<Algorithm> algorithms() {
    List<Algorithm> all = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.parts().isEmpty()) {
        all.addAll(pairs(entry));
      } else {
        List<Algorithm> parts =
            entry.parts().stream()
                .flatMap(p -> pairs(entries.get(p)).stream())
                .filter(a -> a.status() != Status.DISABLED)
                .toList();
        boolean whole = parts.size() == entry.parts().size();
        Provider provider = whole ? parts.get(0).provider() : NoProvider.HERE;
        SelfTest test = whole ? passed(parts) : new SelfTest(false, "a part cannot be used");
        all.add(describe(entry, provider, test, whole ? rules.status(entry) : Status.DISABLED, 0));
      }
    }
    return List.copyOf(all);
  }

  private List<Algorithm> pairs(Entry entry) {
    List<Candidate> list = candidates.get(entry.name());
    Candidate used = chosen.get(entry.name());
    if (used == null) {
      used = list.stream().filter(c -> c.known().passed()).findFirst().orElse(list.get(0));
    }
    List<Algorithm> pairs = new ArrayList<>();
    for (Candidate candidate : list) {
      pairs.add(
          describe(
              entry,
              candidate.provider().orElse(NoProvider.HERE),
              candidate.known(),
              candidate == used ? rules.status(entry) : Status.DISABLED,
              candidate.speed()));
    }
    return pairs;
  }

  private static SelfTest passed(List<Algorithm> parts) {
    boolean all = parts.stream().allMatch(p -> p.test().passed());
    return new SelfTest(all, "by its parts");
  }

  private Algorithm describe(
      Entry entry, Provider provider, SelfTest test, Status status, double speed) {
    return new Algorithm(
        entry.name(),
        entry.codePoint(),
        entry.primitive(),
        provider,
        test,
        speed,
        status,
        entry.nistLevel(),
        rules.lastDay(entry));
  }

  @Override
  public void negotiated(String peer, String protocol, List<String> algorithms) {
    negotiations.add(peer, protocol, algorithms);
  }

  /** What was negotiated last, of each peer and protocol. */
  public List<Negotiated> negotiations() {
    return negotiations.all();
  }
}
