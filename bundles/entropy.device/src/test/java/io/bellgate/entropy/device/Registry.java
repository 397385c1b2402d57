package io.bellgate.entropy.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.bellgate.api.entropy.NoiseSource;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A service registry for one noise source, and settings from a map. */
final class Registry {
  final AtomicReference<NoiseSource> registered = new AtomicReference<>();
  final AtomicInteger registrations = new AtomicInteger();

  /** What is not in the map has its default. */
  static <S> S settings(Class<S> type, Map<String, Object> more) {
    Map<String, Object> values = new HashMap<>(more);
    values.putIfAbsent("min_entropy", 7.0);
    values.putIfAbsent("claim", "a test");
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (p, m, a) -> values.getOrDefault(m.getName(), m.getDefaultValue())));
  }

  BundleContext context() {
    return (BundleContext)
        Proxy.newProxyInstance(
            BundleContext.class.getClassLoader(),
            new Class<?>[] {BundleContext.class},
            (p, m, a) -> {
              assertEquals("registerService", m.getName());
              registered.set((NoiseSource) a[1]);
              registrations.incrementAndGet();
              return registration();
            });
  }

  private Object registration() {
    return Proxy.newProxyInstance(
        ServiceRegistration.class.getClassLoader(),
        new Class<?>[] {ServiceRegistration.class},
        (p, m, a) -> {
          assertEquals("unregister", m.getName());
          registered.set(null);
          return null;
        });
  }

  /** Hangs at most so long that a test fails. */
  static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("did not happen: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }
}
