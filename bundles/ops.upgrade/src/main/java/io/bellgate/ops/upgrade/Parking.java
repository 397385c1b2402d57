package io.bellgate.ops.upgrade;

import io.bellgate.api.ops.CannotPark;
import io.bellgate.api.ops.Handover;
import io.bellgate.api.ops.Parked;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Puts the state of a bundle with a {@link Handover} into the depot. */
final class Parking {
  private static final System.Logger LOG = System.getLogger(Parking.class.getName());

  private final BundleContext system;
  private final ParkedDepot depot;
  private final Duration bound;

  Parking(BundleContext system, ParkedDepot depot, Duration bound) {
    this.system = system;
    this.depot = depot;
    this.bound = bound;
  }

  /** Whether a bundle has state to park. */
  boolean possible(Bundle bundle) {
    return handover(bundle).isPresent();
  }

  /**
   * The best format that a bundle writes and its successor reads.
   *
   * @throws Refused with BG-SWAP-009 if there is none
   */
  int format(Bundle bundle, List<Integer> reads) {
    int[] writes = formats(handover(bundle).orElseThrow().getProperty(Handover.WRITES));
    return Arrays.stream(writes)
        .filter(reads::contains)
        .boxed()
        .findFirst()
        .orElseThrow(
            () ->
                new Refused(
                    "BG-SWAP-009",
                    "the new version reads no state format that the old one writes: writes="
                        + Arrays.toString(writes)
                        + " reads="
                        + reads));
  }

  /**
   * Parks.
   *
   * @return octets of state
   * @throws Refused with BG-SWAP-008 if it cannot; the bundle serves on then
   */
  int park(Bundle bundle, int format) {
    ServiceReference<Handover> reference = handover(bundle).orElseThrow();
    Handover handover = system.getService(reference);
    try {
      Parked parked = handover.park(format, bound);
      depot.put(parked);
      return parked.state().length();
    } catch (CannotPark e) {
      throw new Refused("BG-SWAP-008", "the old version cannot be parked now: " + e.getMessage());
    } catch (RuntimeException e) {
      handover.resume();
      throw new Refused("BG-SWAP-008", "the old version failed to park: " + e);
    } finally {
      system.ungetService(reference);
    }
  }

  /**
   * Parks on the way back, what can be parked: who leaves no state has what was parked before.
   *
   * @param bundle has served
   * @param next takes its state: the version before it, or itself on another library
   */
  void back(Bundle bundle, Bundle next) {
    try {
      if (possible(bundle)) {
        park(bundle, format(bundle, Jar.of(next).reads()));
      }
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} left no state, what was parked before is taken: {1}",
          bundle.getSymbolicName(),
          e.getMessage());
    }
  }

  /** Lets a bundle that was parked, and not stopped, go on. */
  void resume(Bundle bundle) {
    handover(bundle)
        .ifPresent(
            reference -> {
              system.getService(reference).resume();
              system.ungetService(reference);
            });
  }

  private static Optional<ServiceReference<Handover>> handover(Bundle bundle) {
    ServiceReference<?>[] services = bundle.getRegisteredServices();
    if (services == null) {
      return Optional.empty();
    }
    return Arrays.stream(services)
        .filter(
            s ->
                List.of((String[]) s.getProperty("objectClass")).contains(Handover.class.getName()))
        .findFirst()
        .map(Parking::typed);
  }

  @SuppressWarnings("unchecked") // it was registered under this type
  private static ServiceReference<Handover> typed(ServiceReference<?> reference) {
    return (ServiceReference<Handover>) reference;
  }

  private static int[] formats(Object property) {
    if (property instanceof int[] several) {
      return several;
    }
    if (property instanceof Integer[] several) {
      return Arrays.stream(several).mapToInt(Integer::intValue).toArray();
    }
    return property instanceof Integer one ? new int[] {one} : new int[0];
  }
}
