package io.bellgate.launcher.runtime;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRevision;

/** One OSGi framework, from a list of jars to its end. */
public final class OsgiRuntime implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(OsgiRuntime.class.getName());
  private static final long STOP_BOUND_MILLIS = 15_000;

  private final Framework framework;
  private final Semaphore changes = new Semaphore(0);

  /**
   * One bundle to install.
   *
   * @param jar absolute path
   * @param startOrder start level
   */
  public record Install(Path jar, int startOrder) {}

  private OsgiRuntime(Framework framework) {
    this.framework = framework;
  }

  /**
   * Prepares a framework; nothing is installed yet.
   *
   * @param storage emptied first
   * @param properties framework properties
   */
  public static OsgiRuntime prepare(Path storage, Map<String, String> properties)
      throws BundleException {
    Map<String, String> all = new HashMap<>(properties);
    all.put(Constants.FRAMEWORK_STORAGE, storage.toString());
    all.put(Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    all.putIfAbsent("felix.log.level", "1");
    FrameworkFactory factory = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow();
    OsgiRuntime runtime = new OsgiRuntime(factory.newFramework(all));
    runtime.framework.init();
    return runtime;
  }

  public BundleContext context() {
    return framework.getBundleContext();
  }

  /** The bundles that are there, without the framework itself. */
  public List<Bundle> install(List<Install> bundles) throws BundleException {
    List<Bundle> out = new ArrayList<>();
    for (Install install : bundles) {
      Bundle bundle = context().installBundle("reference:" + install.jar().toUri());
      bundle.adapt(BundleStartLevel.class).setStartLevel(install.startOrder());
      out.add(bundle);
    }
    return out;
  }

  /** Starts everything; a bundle that does not start is logged and leaves the rest running. */
  public void start(List<Bundle> bundles) throws BundleException {
    OsgiLog.copy(context());
    context().addBundleListener(event -> changes.release());
    context().addServiceListener(event -> changes.release());
    for (Bundle bundle : bundles) {
      if ((bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) == 0) {
        try {
          bundle.start(Bundle.START_ACTIVATION_POLICY);
        } catch (BundleException e) {
          LOG.log(Level.ERROR, "a bundle did not start: bundle=" + bundle.getSymbolicName(), e);
        }
      }
    }
    framework.start();
  }

  /**
   * Waits until nothing is unbound.
   *
   * @param bound longest time
   * @param waiting told what is missing each time that changes
   * @return what is still missing when the time is over; empty if all is there
   */
  public List<String> awaitBound(long bound, TimeUnit unit, Consumer<List<String>> waiting)
      throws InterruptedException {
    Requirements requirements = new Requirements(context());
    long start = System.nanoTime();
    List<String> missing = requirements.unbound();
    while (!missing.isEmpty() && System.nanoTime() - start < unit.toNanos(bound)) {
      waiting.accept(missing);
      changes.tryAcquire(500, TimeUnit.MILLISECONDS);
      changes.drainPermits();
      missing = requirements.unbound();
    }
    return missing;
  }

  /** What is not bound now, one line each. */
  public List<String> unbound() {
    return new Requirements(context()).unbound();
  }

  /**
   * Waits for a service.
   *
   * @param <S> what the caller knows the service to be
   * @return the service; empty if it does not appear in time
   */
  @SuppressWarnings("unchecked") // the caller names the type by its objectClass
  public <S> Optional<S> await(String objectClass, String filter, long bound, TimeUnit unit)
      throws InterruptedException, InvalidSyntaxException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < unit.toNanos(bound)) {
      ServiceReference<?>[] found = context().getAllServiceReferences(objectClass, filter);
      if (found != null) {
        return Optional.ofNullable((S) context().getService(found[0]));
      }
      changes.tryAcquire(500, TimeUnit.MILLISECONDS);
      changes.drainPermits();
    }
    return Optional.empty();
  }

  /** Waits until somebody stops the framework. */
  public void awaitStop() throws InterruptedException {
    framework.waitForStop(0);
  }

  /** Stops everything, within 15 seconds. */
  @Override
  public void close() {
    try {
      framework.stop();
      framework.waitForStop(STOP_BOUND_MILLIS);
    } catch (BundleException e) {
      LOG.log(Level.ERROR, "the framework did not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
