package io.bellgate.ops.upgrade;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/** Proves that a version that was started can serve, and that it goes on doing so. */
final class Serving {
  private final BundleContext system;
  private final ServiceComponentRuntime components;
  private final SwapEngine.Bounds bounds;
  private final Needs needs;

  Serving(BundleContext system, ServiceComponentRuntime components, SwapEngine.Bounds bounds) {
    this.system = system;
    this.components = components;
    this.bounds = bounds;
    this.needs = new Needs(system);
  }

  /**
   * Waits until the bundle is bound and has activated.
   *
   * @throws Refused with BG-SWAP-007 if it does not within the bound, or cannot
   */
  void await(Bundle bundle) {
    long until = System.nanoTime() + bounds.bound().toNanos();
    List<String> lacking;
    while (!(lacking = needs.lacking(bundle, components)).isEmpty()) {
      boolean failed = lacking.stream().anyMatch(l -> l.contains("failed to start"));
      if (failed || System.nanoTime() > until) {
        throw new Refused("BG-SWAP-007", "the new version cannot serve: " + lacking);
      }
      LockSupport.parkNanos(2_000_000);
    }
    activate(bundle);
  }

  /**
   * A component that is only satisfied has proved nothing: each service is asked for once, which
   * activates it.
   */
  private void activate(Bundle bundle) {
    ServiceReference<?>[] services = bundle.getRegisteredServices();
    for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
      Object object = system.getService(service);
      if (object == null) {
        throw new Refused(
            "BG-SWAP-007",
            "the new version cannot serve: "
                + needs.lacking(bundle, components)
                + " component="
                + service.getProperty("component.name"));
      }
      system.ungetService(service);
    }
  }

  /**
   * The bundles must stay bound.
   *
   * @throws Refused with BG-SWAP-010 if one does not
   */
  void watch(List<Bundle> bundles) {
    long until = System.nanoTime() + bounds.watch().toNanos();
    while (System.nanoTime() < until) {
      for (Bundle bundle : bundles) {
        List<String> lacking = needs.lacking(bundle, components);
        if (!lacking.isEmpty()) {
          throw new Refused("BG-SWAP-010", "the new version did not stay bound: " + lacking);
        }
      }
      LockSupport.parkNanos(10_000_000);
    }
  }
}
