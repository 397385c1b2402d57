package io.bellgate.entropy.remote;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.ops.StatusSource;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The services that a bundle has registered, and a data folder. */
public final class Registry {
  private final List<Object> services = new CopyOnWriteArrayList<>();
  private final Path data;

  public Registry(Path data) {
    this.data = data;
  }

  public BundleContext context() {
    return (BundleContext)
        Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(),
            new Class<?>[] {BundleContext.class},
            (p, m, a) -> {
              switch (m.getName()) {
                case "getProperty":
                  return a[0].equals("bellgate.data") ? data.toString() : null;
                case "registerService":
                  services.add(a[1]);
                  return registration(a[1]);
                default:
                  throw new AssertionError(m);
              }
            });
  }

  private Object registration(Object service) {
    return Proxy.newProxyInstance(
        ServiceRegistration.class.getClassLoader(),
        new Class<?>[] {ServiceRegistration.class},
        (p, m, a) -> {
          if (!m.getName().equals("unregister") || !services.remove(service)) {
            throw new AssertionError(m);
          }
          return null;
        });
  }

  List<Object> services() {
    return services;
  }

  <S> List<S> all(Class<S> type) {
    return services.stream().filter(type::isInstance).map(type::cast).toList();
  }

  NoiseSource source() {
    return all(NoiseSource.class).get(0);
  }

  Map<String, Object> status() {
    return all(StatusSource.class).get(0).status();
  }

  void awaitSources(int count) throws InterruptedException {
    await(() -> all(NoiseSource.class).size() == count, "sources=" + count);
  }

  public static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("did not happen: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** A configuration of these values, and the usual ones for the rest. */
  public static <S> S settings(Class<S> type, Map<String, Object> values) {
    Map<String, Object> all = new HashMap<>(values);
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (p, m, a) -> {
              Object value = all.getOrDefault(m.getName(), m.getDefaultValue());
              if (value == null) {
                throw new AssertionError("a test sets " + m.getName());
              }
              return value;
            }));
  }
}
