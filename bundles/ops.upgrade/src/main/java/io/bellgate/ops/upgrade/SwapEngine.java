package io.bellgate.ops.upgrade;

import io.bellgate.api.ops.Handover;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/**
 * The one swap engine: replaces one running bundle by another version of itself, or leaves
 * everything as it was. What has no components is a library, see {@link LibrarySwap}.
 *
 * <p>A bundle without a {@link Handover} is swapped <i>beside</i>: the new version is started and
 * proven bound while the old one serves, then the old one stops. One with a {@link Handover} is
 * <i>parked</i>: its state goes into the depot, it stops, the new version takes the state during
 * its activation. In both cases the old bundle stays installed until the new one has served for the
 * watch time; until then the way back is to stop the new one and start the old one. What the
 * launcher will start after a crash changes only with the commit at the end.
 *
 * <p>Works through the system bundle's context, so that it can swap its own bundle. One swap at a
 * time: the launcher stages one generation at a time, whichever version of this bundle asks.
 */
final class SwapEngine {
  private static final System.Logger LOG = System.getLogger(SwapEngine.class.getName());

  private static final Duration OWN_REMOVAL = Duration.ofSeconds(10);

  /** Restart only: what every bundle is wired to, and what runs them. */
  static final Set<String> FIXED =
      Set.of(
          "io.bellgate.api",
          "org.apache.felix.framework",
          "org.apache.felix.scr",
          "org.apache.felix.configadmin",
          "org.apache.felix.configurator");

  /**
   * How long things may take.
   *
   * @param park for the old version to park
   * @param bound for the new version to be bound
   * @param watch how long the new version must stay bound before the commit
   */
  record Bounds(Duration park, Duration bound, Duration watch) {
    static final Bounds USUAL =
        new Bounds(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(2));
  }

  private final BundleContext system;
  private final ParkedDepot depot;
  private final Generations generations;
  private final Bounds bounds;
  private final Parking parking;
  private final Serving serving;
  private final LibrarySwap libraries;

  SwapEngine(
      BundleContext system,
      ServiceComponentRuntime components,
      ParkedDepot depot,
      Generations generations,
      Bounds bounds) {
    this.system = system;
    this.depot = depot;
    this.generations = generations;
    this.bounds = bounds;
    this.parking = new Parking(system, depot, bounds.park());
    this.serving = new Serving(system, components, bounds);
    this.libraries = new LibrarySwap(system, depot, generations, parking, serving);
  }

  /**
   * Swaps.
   *
   * @param jar the new version
   * @return what happened
   * @throws Refused if the old version serves on, with code and reason
   */
  Report swap(Jar jar) {
    long begin = System.nanoTime();
    Bundle running = installed(jar); // refuses before the jar is copied
    if (jar.library()) {
      return libraries.swap(jar, running);
    }
    Generations.Staged staged = generations.stage(jar.symbolicName(), jar.file());
    try {
      // nobody else swaps from here on, not even another version of this bundle
      Bundle old = installed(jar);
      return swap(jar, old, staged, begin);
    } catch (RuntimeException | LinkageError e) {
      generations.discard(staged.number());
      LOG.log(
          System.Logger.Level.WARNING,
          "swap of {0} called off, the old version serves on: {1}",
          jar.symbolicName(),
          e.getMessage());
      throw e;
    } finally {
      depot.clear(jar.symbolicName());
    }
  }

  private Report swap(Jar jar, Bundle old, Generations.Staged staged, long begin) {
    try (BlastRadius radius = new BlastRadius(system, Set.of(jar.symbolicName()))) {
      Bundle fresh = install(system, staged.location());
      Swapped swapped;
      try {
        swapped = parking.possible(old) ? parked(old, fresh, jar) : beside(old, fresh);
        serving.watch(List.of(fresh));
        generations.commit(staged.number());
      } catch (RuntimeException | LinkageError e) {
        back(old, fresh);
        throw e;
      }
      remove(old);
      return new Report(
          jar.symbolicName(),
          old.getVersion().toString(),
          jar.version().toString(),
          swapped.mode(),
          List.of(),
          staged.number(),
          swapped.format(),
          swapped.octets(),
          swapped.gapMillis(),
          millisSince(begin),
          radius.bundles(),
          radius.components());
    }
  }

  private record Swapped(String mode, int format, int octets, double gapMillis) {}

  private Bundle installed(Jar jar) {
    if (FIXED.contains(jar.symbolicName())) {
      throw new Refused(
          "BG-SWAP-002", "this bundle changes with a restart only: bundle=" + jar.symbolicName());
    }
    Bundle old =
        Arrays.stream(system.getBundles())
            .filter(
                b ->
                    jar.symbolicName().equals(b.getSymbolicName()) && b.getState() == Bundle.ACTIVE)
            .max(Comparator.comparing(Bundle::getVersion))
            .orElseThrow(
                () ->
                    new Refused(
                        "BG-SWAP-003",
                        "a swap replaces a running bundle, none is of this name: bundle="
                            + jar.symbolicName()));
    if (old.getVersion().equals(jar.version())) {
      throw new Refused(
          "BG-SWAP-004",
          "this version runs already: bundle=" + jar.symbolicName() + " version=" + jar.version());
    }
    return old;
  }

  static Bundle install(BundleContext system, String location) {
    try {
      return system.installBundle(
          location.startsWith("reference:") ? location : "reference:" + location);
    } catch (BundleException e) {
      throw new Refused("BG-SWAP-005", "the new version cannot be installed: " + e.getMessage());
    }
  }

  private void start(Bundle bundle) {
    try {
      bundle.start();
    } catch (BundleException e) {
      throw new Refused(
          "BG-SWAP-006", "the new version does not resolve or start: " + e.getMessage());
    }
    serving.await(bundle);
  }

  private static void stop(Bundle bundle) {
    try {
      bundle.stop();
    } catch (BundleException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a bundle did not stop cleanly: bundle=" + bundle.getSymbolicName(),
          e);
    }
  }

  private Swapped beside(Bundle old, Bundle fresh) {
    start(fresh);
    stop(old);
    return new Swapped("beside", 0, 0, 0);
  }

  private Swapped parked(Bundle old, Bundle fresh, Jar jar) {
    resolve(fresh);
    collect();
    link(fresh);
    int format = parking.format(old, jar.reads());
    long begin = System.nanoTime();
    int octets = parking.park(old, format);
    stop(old);
    start(fresh);
    return new Swapped("parked", format, octets, millisSince(begin));
  }

  /** Resolves before anything is stopped: a bundle that lacks an import costs no gap. */
  private void resolve(Bundle fresh) {
    if (!system.getBundle(0).adapt(FrameworkWiring.class).resolveBundles(List.of(fresh))) {
      start(fresh); // gives the reason
      stop(fresh);
      throw new Refused("BG-SWAP-006", "the new version does not resolve");
    }
  }

  /**
   * Collects garbage while the old version serves. What a swap allocates brings a full collection
   * about every few times, which takes as long as the gap with the heap of a small gateway.
   */
  private static void collect() {
    System.gc();
  }

  /**
   * Loads and verifies its classes while the old version serves, which is a fifth of the gap or
   * more otherwise. None of their code runs.
   */
  private static void link(Bundle fresh) {
    Collection<String> classes =
        fresh
            .adapt(BundleWiring.class)
            .listResources(
                "/",
                "*.class",
                BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE);
    for (String file : classes) {
      String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
      try {
        fresh.loadClass(name).getDeclaredMethods(); // which links it
      } catch (ClassNotFoundException | LinkageError notHere) {
        LOG.log(System.Logger.Level.DEBUG, "not linked before the gap: class={0}", name);
      }
    }
  }

  /**
   * The way back. State moves only forward: if the new version has served, what it parks now goes
   * to the old one.
   */
  private void back(Bundle old, Bundle fresh) {
    if (old.getState() != Bundle.ACTIVE) {
      parking.back(fresh, old);
    }
    stop(fresh);
    try {
      fresh.uninstall();
      if (old.getState() != Bundle.ACTIVE) {
        old.start();
      }
    } catch (BundleException e) {
      LOG.log(
          System.Logger.Level.ERROR, "the old version did not start again: restart the gateway", e);
    }
  }

  private void remove(Bundle old) {
    if (!old.equals(FrameworkUtil.getBundle(SwapEngine.class))) {
      uninstall(old);
      return;
    }
    // this very code is being replaced: its classes must last until the report is out
    Thread later =
        new Thread(
            () -> {
              LockSupport.parkNanos(OWN_REMOVAL.toNanos());
              uninstall(old);
            },
            "swap-removes-itself");
    later.setDaemon(true);
    later.start();
  }

  private void uninstall(Bundle old) {
    try {
      old.uninstall();
      // nothing is wired to a provider, so this refreshes the old revision alone and frees its
      // class loader
      system.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(old));
    } catch (BundleException e) {
      LOG.log(System.Logger.Level.WARNING, "the old version could not be uninstalled", e);
    }
  }

  static double millisSince(long nanos) {
    return Math.round((System.nanoTime() - nanos) / 1e4) / 100.0;
  }
}
