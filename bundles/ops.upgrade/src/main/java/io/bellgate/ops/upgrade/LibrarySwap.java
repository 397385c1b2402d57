package io.bellgate.ops.upgrade;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Moves the users of a library to a newer version of it.
 *
 * <p>The new version is installed beside the old. Those users move whose imports allow it, and
 * whose other libraries move, too; the rest stays wired to the old version. All that move are
 * parked, refreshed together, once, and prove that they serve; what they cannot do with the new
 * version (a self-test that fails, for example) keeps them from activating, and everything goes
 * back. The old version goes when nobody uses it any more.
 */
final class LibrarySwap {
  private static final System.Logger LOG = System.getLogger(LibrarySwap.class.getName());
  private static final long REFRESH_SECONDS = 20;

  private final BundleContext system;
  private final ParkedDepot depot;
  private final Generations generations;
  private final Parking parking;
  private final Serving serving;

  LibrarySwap(
      BundleContext system,
      ParkedDepot depot,
      Generations generations,
      Parking parking,
      Serving serving) {
    this.system = system;
    this.depot = depot;
    this.generations = generations;
    this.parking = parking;
    this.serving = serving;
  }

  /**
   * Swaps.
   *
   * @param old the highest version that runs
   * @throws Refused if all users serve on with the old version, with code and reason
   */
  Report swap(Jar jar, Bundle old) {
    long begin = System.nanoTime();
    if (old.getVersion().compareTo(jar.version()) > 0) {
      throw new Refused(
          "BG-SWAP-011",
          "users take the highest version of a library, so it is replaced by a higher one: bundle="
              + jar.symbolicName()
              + " running="
              + old.getVersion()
              + " version="
              + jar.version());
    }
    Generations.Staged staged = generations.stageBeside(jar.symbolicName(), jar.file());
    try {
      return swap(jar, old, staged, begin);
    } catch (RuntimeException | LinkageError e) {
      generations.discard(staged.number());
      LOG.log(
          System.Logger.Level.WARNING,
          "swap of {0} called off, its users serve on with the old version: {1}",
          jar.symbolicName(),
          e.getMessage());
      throw e;
    }
  }

  private Report swap(Jar jar, Bundle old, Generations.Staged staged, long begin) {
    Bundle fresh = SwapEngine.install(system, staged.location());
    Set<Bundle> users = Set.of();
    Set<String> meant = names(usersOf(old));
    meant.add(old.getSymbolicName());
    try (BlastRadius radius = new BlastRadius(system, meant)) {
      start(fresh);
      users = movable(old, fresh);
      check(users, old);
      long gap = System.nanoTime();
      int octets = park(users);
      move(users, fresh);
      double gapMillis = SwapEngine.millisSince(gap);
      serving.watch(List.copyOf(users));
      boolean unused = usersOf(old).isEmpty();
      if (unused) {
        generations.drop(staged.number(), old.getSymbolicName(), old.getVersion().toString());
      }
      generations.commit(staged.number());
      if (unused) {
        uninstall(old, Set.of());
      }
      return new Report(
          jar.symbolicName(),
          old.getVersion().toString(),
          jar.version().toString(),
          "library",
          List.copyOf(names(users)),
          staged.number(),
          0,
          octets,
          gapMillis,
          SwapEngine.millisSince(begin),
          radius.bundles(),
          radius.components());
    } catch (RuntimeException | LinkageError e) {
      back(users, fresh);
      throw e;
    } finally {
      users.forEach(u -> depot.clear(u.getSymbolicName()));
    }
  }

  private static void start(Bundle fresh) {
    try {
      fresh.start();
    } catch (BundleException e) {
      throw new Refused("BG-SWAP-006", "the new version does not resolve: " + e.getMessage());
    }
  }

  private FrameworkWiring framework() {
    return system.getBundle(0).adapt(FrameworkWiring.class);
  }

  private static Set<String> names(Set<Bundle> bundles) {
    return bundles.stream()
        .map(Bundle::getSymbolicName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void check(Set<Bundle> users, Bundle old) {
    if (users.isEmpty()) {
      throw new Refused(
          "BG-SWAP-012",
          "no user of the library takes the new version: users=" + names(usersOf(old)));
    }
    Set<String> fixed = new TreeSet<>(names(users));
    fixed.retainAll(SwapEngine.FIXED);
    if (users.contains(FrameworkUtil.getBundle(LibrarySwap.class))) {
      fixed.add("the one that swaps");
    }
    if (!fixed.isEmpty()) {
      throw new Refused(
          "BG-SWAP-002", "these users of the library change with a restart only: " + fixed);
    }
  }

  /** Everything that is wired to a bundle, directly or through others. */
  private static Set<Bundle> usersOf(Bundle library) {
    Set<Bundle> users = new LinkedHashSet<>();
    Deque<Bundle> open = new ArrayDeque<>(List.of(library));
    while (!open.isEmpty()) {
      BundleWiring wiring = open.pop().adapt(BundleWiring.class);
      List<BundleWire> wires = wiring == null ? List.of() : wiring.getProvidedWires(null);
      for (BundleWire wire : wires) {
        Bundle user = wire.getRequirer().getBundle();
        if (!user.equals(library) && users.add(user)) {
          open.push(user);
        }
      }
    }
    return users;
  }

  /**
   * The largest set of users in which nobody needs the old version, or stays with one that does.
   */
  private static Set<Bundle> movable(Bundle old, Bundle fresh) {
    List<BundleCapability> offered =
        fresh.adapt(BundleRevision.class).getDeclaredCapabilities(null);
    Set<Bundle> all = usersOf(old);
    Set<Bundle> movable = new LinkedHashSet<>(all);
    while (movable.removeIf(
        user ->
            user.adapt(BundleWiring.class).getRequiredWires(null).stream()
                    .anyMatch(wire -> holds(wire, old, offered, all, movable))
                || user.adapt(BundleWiring.class).getProvidedWires(null).stream()
                    .anyMatch(wire -> !movable.contains(wire.getRequirer().getBundle())))) {
      continue; // until nobody is held any more
    }
    return movable;
  }

  private static boolean holds(
      BundleWire wire,
      Bundle old,
      List<BundleCapability> offered,
      Set<Bundle> all,
      Set<Bundle> movable) {
    Bundle provider = wire.getProvider().getBundle();
    return provider.equals(old)
        ? offered.stream().noneMatch(wire.getRequirement()::matches)
        : all.contains(provider) && !movable.contains(provider);
  }

  /** All or none: who was parked goes on if another cannot be. */
  private int park(Set<Bundle> users) {
    List<Bundle> parked = new ArrayList<>();
    int octets = 0;
    try {
      for (Bundle user : users) {
        if (parking.possible(user)) {
          octets += parking.park(user, parking.format(user, Jar.of(user).reads()));
          parked.add(user);
        }
      }
      return octets;
    } catch (RuntimeException e) {
      parked.forEach(parking::resume);
      throw e;
    }
  }

  private void move(Set<Bundle> users, Bundle fresh) {
    refresh(users);
    users.forEach(serving::await);
    Set<Bundle> elsewhere = new LinkedHashSet<>(users);
    elsewhere.removeAll(usersOf(fresh));
    if (!elsewhere.isEmpty()) {
      throw new Refused(
          "BG-SWAP-012", "these are wired to the old version still: " + names(elsewhere));
    }
  }

  /** Stops, wires anew and starts. */
  private void refresh(Set<Bundle> bundles) {
    CountDownLatch refreshed = new CountDownLatch(1);
    framework()
        .refreshBundles(
            bundles,
            event -> {
              if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
              }
            });
    try {
      if (!refreshed.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
        throw new Refused(
            "BG-SWAP-013", "the framework did not refresh: bundles=" + names(bundles));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refused("BG-SWAP-013", "interrupted while the framework refreshed");
    }
  }

  /**
   * The way back. State moves only forward: what users park now goes to them on the old version.
   */
  private void back(Set<Bundle> users, Bundle fresh) {
    Set<Bundle> moved = usersOf(fresh);
    moved.forEach(user -> parking.back(user, user));
    Set<Bundle> down = new LinkedHashSet<>(moved);
    users.stream().filter(u -> u.getState() != Bundle.ACTIVE).forEach(down::add);
    uninstall(fresh, down);
    for (Bundle user : down) {
      try {
        user.start();
      } catch (BundleException e) {
        LOG.log(System.Logger.Level.ERROR, "a bundle did not start again: restart the gateway", e);
      }
    }
  }

  /** Takes a version out, wires those anew that were with it, and frees its class loader. */
  private void uninstall(Bundle library, Set<Bundle> users) {
    try {
      library.uninstall();
      Set<Bundle> all = new LinkedHashSet<>(users);
      all.add(library);
      refresh(all);
    } catch (BundleException e) {
      LOG.log(System.Logger.Level.WARNING, "a version could not be uninstalled", e);
    }
  }
}
