package io.bellgate.launcher.runtime;

import io.bellgate.launcher.socket.SocketLender;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.osgi.framework.BundleContext;

/** What the launcher gives to bundles, in JDK types only; see {@code docs/architecture.md}. */
public final class RuntimeServices {
  private static final Map<String, Class<?>> OFFERED =
      Map.of(
          "bellgate.sockets", Function.class,
          "bellgate.exit", IntConsumer.class,
          "bellgate.generations", UnaryOperator.class);

  private RuntimeServices() {}

  /** Properties of the services, as a check before start sees them. */
  public static List<Dictionary<String, Object>> offered() {
    return OFFERED.entrySet().stream()
        .map(
            entry -> {
              Dictionary<String, Object> properties = marked(entry.getKey());
              properties.put("objectClass", new String[] {entry.getValue().getName()});
              return properties;
            })
        .toList();
  }

  /** Registers the services of a gateway. */
  public static void register(
      BundleContext context,
      SocketLender lender,
      IntConsumer exit,
      UnaryOperator<String> generations) {
    LentSockets.register(context, lender);
    context.registerService(IntConsumer.class, exit, marked("bellgate.exit"));
    context.registerService(
        UnaryOperator.class.getName(), generations, marked("bellgate.generations"));
  }

  static Dictionary<String, Object> marked(String property) {
    Dictionary<String, Object> out = new Hashtable<>();
    out.put(property, true);
    return out;
  }
}
