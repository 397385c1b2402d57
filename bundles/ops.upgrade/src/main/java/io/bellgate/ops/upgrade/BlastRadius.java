package io.bellgate.ops.upgrade;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.SynchronousBundleListener;

/**
 * Counts what else went down while it was open: bundles that stopped, component services that were
 * unregistered.
 */
final class BlastRadius implements AutoCloseable {
  private final BundleContext system;
  private final Set<String> swapped;
  private final Set<String> bundles = Collections.synchronizedSet(new TreeSet<>());
  private final Set<String> components = Collections.synchronizedSet(new TreeSet<>());
  private final BundleListener bundleListener = (SynchronousBundleListener) this::bundleChanged;
  private final ServiceListener serviceListener = this::serviceChanged;

  /** Looks on, but for what is swapped on purpose. */
  BlastRadius(BundleContext system, Set<String> swapped) {
    this.system = system;
    this.swapped = swapped;
    system.addBundleListener(bundleListener);
    system.addServiceListener(serviceListener);
  }

  private void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPED && !own(event.getBundle())) {
      bundles.add(event.getBundle().getSymbolicName());
    }
  }

  private void serviceChanged(ServiceEvent event) {
    Bundle owner = event.getServiceReference().getBundle();
    Object component = event.getServiceReference().getProperty("component.name");
    if (event.getType() == ServiceEvent.UNREGISTERING
        && component != null
        && owner != null
        && !own(owner)) {
      components.add(component.toString());
    }
  }

  private boolean own(Bundle bundle) {
    return swapped.contains(bundle.getSymbolicName());
  }

  List<String> bundles() {
    return new ArrayList<>(bundles);
  }

  List<String> components() {
    return new ArrayList<>(components);
  }

  @Override
  public void close() {
    system.removeBundleListener(bundleListener);
    system.removeServiceListener(serviceListener);
  }
}
