package io.bellgate.keys.pqc.registry;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;

/** A configuration with some values given, the others by default. */
public final class Configured {
  private Configured() {}

  /**
   * A registry that forbids some algorithms.
   *
   * @param names which
   * @return not started
   */
  public static TestedAlgorithms disabling(String... names) {
    TestedAlgorithms algorithms = new TestedAlgorithms();
    algorithms.modified(as(Map.of("disabled", List.of(names))));
    return algorithms;
  }

  static RegistryConfiguration as(Map<String, List<String>> values) {
    return (RegistryConfiguration)
        Proxy.newProxyInstance(
            RegistryConfiguration.class.getClassLoader(),
            new Class<?>[] {RegistryConfiguration.class},
            (proxy, method, arguments) -> {
              if (method.getReturnType() == boolean.class) {
                return values.containsKey(method.getName());
              }
              return values.getOrDefault(method.getName(), List.of()).toArray(String[]::new);
            });
  }
}
