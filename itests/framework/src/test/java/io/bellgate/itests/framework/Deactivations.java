package io.bellgate.itests.framework;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * Counts what goes down while it is open, but for one bundle: bundles that stop, components whose
 * service goes, and components without a service whose configuration is another one afterwards.
 */
final class Deactivations implements AutoCloseable {
  private final BundleContext system;
  private final ServiceComponentRuntime runtime;
  private final String but;
  private final Set<String> down = Collections.synchronizedSet(new TreeSet<>());
  private final SynchronousBundleListener bundles = this::bundleChanged;
  private final ServiceListener services = this::serviceChanged;
  private final Map<String, String> before;

  Deactivations(GatewayUnderTest gateway, String but) {
    this.system = gateway.system();
    this.runtime = gateway.service(ServiceComponentRuntime.class, null);
    this.but = but;
    before = components();
    system.addBundleListener(bundles);
    system.addServiceListener(services);
  }

  private void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPED && !own(event.getBundle())) {
      down.add("bundle " + event.getBundle().getSymbolicName());
    }
  }

  private void serviceChanged(ServiceEvent event) {
    ServiceReference<?> service = event.getServiceReference();
    Object component = service.getProperty("component.name");
    if (event.getType() == ServiceEvent.UNREGISTERING
        && component != null
        && service.getBundle() != null
        && !own(service.getBundle())) {
      down.add("component " + component);
    }
  }

  private boolean own(Bundle bundle) {
    return but.equals(bundle.getSymbolicName());
  }

  private Map<String, String> components() {
    Map<String, String> all = new TreeMap<>();
    for (Bundle bundle : system.getBundles()) {
      if (!own(bundle)) {
        for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs(bundle)) {
          runtime
              .getComponentConfigurationDTOs(description)
              .forEach(c -> all.merge(description.name, c.id + " ", String::concat));
        }
      }
    }
    return all;
  }

  /** Names of what went down so far. */
  Set<String> down() {
    Set<String> all = new TreeSet<>(down);
    Map<String, String> now = components();
    before.forEach(
        (name, ids) -> {
          if (!ids.equals(now.get(name))) {
            all.add("component " + name);
          }
        });
    return all;
  }

  @Override
  public void close() {
    system.removeBundleListener(bundles);
    system.removeServiceListener(services);
  }
}
