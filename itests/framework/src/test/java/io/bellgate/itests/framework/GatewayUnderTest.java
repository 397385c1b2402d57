package io.bellgate.itests.framework;

import io.bellgate.api.ops.Command;
import io.bellgate.itests.traffic.Await;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * A gateway inside the framework that the test runs in: starts features, configures, judges what is
 * bound, swaps, and takes everything out again when it is closed.
 *
 * <p>The site is {@code alice}, unless a test says otherwise, with the shipped configuration but
 * for what a test changes.
 */
final class GatewayUnderTest implements AutoCloseable {
  static final Duration HANG = Duration.ofSeconds(60);

  /** Binding is no work: what lacks after this long lacks for ever. */
  private static final Duration BINDING = Duration.ofSeconds(15);

  private final BundleContext system;
  private final Deque<Bundle> installed = new ArrayDeque<>();
  private final Map<String, Configuration> configured = new TreeMap<>();
  private String site = "alice";

  GatewayUnderTest(Object test) {
    system =
        FrameworkUtil.getBundle(test.getClass()).getBundleContext().getBundle(0).getBundleContext();
  }

  /** Takes the shipped configuration of another site; before {@link #start}. */
  GatewayUnderTest as(String other) {
    site = other;
    return this;
  }

  BundleContext system() {
    return system;
  }

  Path data() {
    return Path.of(system.getProperty("bellgate.data"));
  }

  /** Port of a socket that the launcher lends. */
  int port(String socket) {
    return (Integer) service(Map.class, "(bellgate.ports=true)").get(socket);
  }

  /** The service; fails if there is none. */
  <S> S service(Class<S> type, String filter) {
    try {
      ServiceReference<?>[] found = system.getAllServiceReferences(type.getName(), filter);
      if (found == null) {
        throw new AssertionError("no such service: type=" + type.getName() + " filter=" + filter);
      }
      Arrays.sort(found);
      return type.cast(system.getService(found[found.length - 1]));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The active bundle of a name. */
  Bundle bundle(String symbolicName) {
    return Arrays.stream(system.getBundles())
        .filter(b -> symbolicName.equals(b.getSymbolicName()) && b.getState() == Bundle.ACTIVE)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no active bundle: name=" + symbolicName));
  }

  /** Whether a bundle uses a service of the active bundle of another name. */
  boolean uses(String user, String provider, Class<?> service) {
    return Arrays.stream(bundle(provider).getRegisteredServices())
        .filter(s -> List.of((String[]) s.getProperty("objectClass")).contains(service.getName()))
        .map(ServiceReference::getUsingBundles)
        .anyMatch(users -> users != null && List.of(users).contains(bundle(user)));
  }

  /**
   * Installs what features add to what is there, and starts it. The configuration is complete
   * before: what the test has given by {@link #configure}, else what the site and the features say.
   */
  GatewayUnderTest start(String... features) throws BundleException, IOException {
    Map<String, JsonObject> shipped = Program.configurations(features);
    Program.site(site).forEach((pid, json) -> shipped.merge(pid, json, GatewayUnderTest::merged));
    for (var pid : shipped.entrySet()) {
      if (!configured.containsKey(pid.getKey())) {
        configure(pid.getKey(), plain(pid.getValue()));
      }
    }
    List<Bundle> fresh = new ArrayList<>();
    for (Program.Part part : Program.parts(features)) {
      String location = part.jar().toUri().toString();
      if (system.getBundle(location) == null) {
        Bundle bundle = system.installBundle(location);
        bundle.adapt(BundleStartLevel.class).setStartLevel(part.order());
        fresh.add(bundle);
        installed.push(bundle);
      }
    }
    for (Bundle bundle : fresh) {
      if (!isFragment(bundle)) {
        bundle.start(Bundle.START_ACTIVATION_POLICY);
      }
    }
    return this;
  }

  /** The site wins, property by property. */
  private static JsonObject merged(JsonObject feature, JsonObject site) {
    JsonObjectBuilder all = Json.createObjectBuilder(feature);
    site.forEach(all::add);
    return all.build();
  }

  /** A whole gateway that delivers what its own nodes say into its own file. */
  GatewayUnderTest startLocal(String feature) throws BundleException, IOException {
    return configure(
            "io.bellgate.policy.rules",
            Map.of("rules", new String[] {"local: * => pqc to " + site}, "destination", site))
        .start(feature)
        .awaitBound();
  }

  /**
   * Gives the configuration of a PID, of a factory as {@code FACTORY~NAME}; before {@link #start},
   * so that nothing starts with another.
   */
  GatewayUnderTest configure(String pid, Map<String, Object> properties) throws IOException {
    ConfigurationAdmin admin = service(ConfigurationAdmin.class, null);
    String[] factory = pid.split("~", 2);
    Configuration configuration =
        factory.length == 2
            ? admin.getFactoryConfiguration(factory[0], factory[1], "?")
            : admin.getConfiguration(pid, "?");
    configuration.update(new Hashtable<>(properties));
    configured.put(pid, configuration);
    return this;
  }

  private Map<String, Object> plain(JsonObject json) {
    Map<String, Object> properties = new TreeMap<>();
    json.forEach((name, value) -> properties.put(name.split(":")[0], plain(value)));
    return properties;
  }

  private Object plain(JsonValue value) {
    if (value instanceof JsonArray array) {
      return array.stream().map(v -> String.valueOf(plain(v))).toArray(String[]::new);
    }
    if (value instanceof JsonNumber number) {
      return number.isIntegral() ? (Object) number.longValueExact() : number.doubleValue();
    }
    if (value instanceof JsonString string) {
      return string
          .getString()
          .replace("${site}", site)
          .replace("${data}", data().toString())
          .replace("${home}", Program.root().toString())
          .replace("${config}", Program.root().resolve("config").toString());
    }
    return value == JsonValue.TRUE;
  }

  /** Waits until everything is bound, then has every component service made once. */
  GatewayUnderTest awaitBound() {
    try {
      Await.until(() -> "bound; " + lacking(), BINDING, () -> lacking().isEmpty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    for (Bundle bundle : system.getBundles()) {
      activate(bundle);
    }
    return this;
  }

  /** A delayed component that is only satisfied has proved nothing. */
  private void activate(Bundle bundle) {
    ServiceReference<?>[] services = bundle.getRegisteredServices();
    for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
      if (service.getProperty("component.name") != null) {
        if (system.getService(service) == null) {
          throw new AssertionError(
              "a component does not start: component=" + service.getProperty("component.name"));
        }
        system.ungetService(service);
      }
    }
  }

  /** What is not bound now, one line each. */
  List<String> lacking() {
    List<String> lacking = new ArrayList<>();
    for (Bundle bundle : system.getBundles()) {
      if (bundle.getBundleId() == 0 || bundle.getState() == Bundle.UNINSTALLED) {
        continue;
      }
      if (isFragment(bundle)) {
        if (bundle.getState() != Bundle.RESOLVED) {
          lacking.add("fragment not attached: " + bundle);
        }
      } else if (bundle.getState() != Bundle.ACTIVE && bundle.getState() != Bundle.STARTING) {
        lacking.add("bundle not active: " + bundle);
      } else {
        needs(bundle).filter(f -> !met(f)).forEach(f -> lacking.add(bundle + " needs " + f));
        components(bundle, lacking);
      }
    }
    return lacking;
  }

  private static java.util.stream.Stream<String> needs(Bundle bundle) {
    return bundle.adapt(BundleRevision.class).getDeclaredRequirements("osgi.service").stream()
        .map(BundleRequirement::getDirectives)
        .filter(d -> "active".equals(d.get("effective")) && !"optional".equals(d.get("resolution")))
        .map(d -> d.get("filter"));
  }

  private boolean met(String filter) {
    try {
      return system.getAllServiceReferences(null, filter) != null;
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void components(Bundle bundle, List<String> lacking) {
    ServiceComponentRuntime runtime = service(ServiceComponentRuntime.class, null);
    var descriptions = runtime.getComponentDescriptionDTOs(bundle);
    boolean configured = descriptions.stream().anyMatch(d -> needy(d) && !idle(d, runtime));
    for (ComponentDescriptionDTO description : descriptions) {
      if (idle(description, runtime) && !(configured && needy(description))) {
        lacking.add("no configuration: " + description.name);
      }
      for (var component : runtime.getComponentConfigurationDTOs(description)) {
        if (component.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
          // nothing tries it again
          throw new AssertionError("fails: " + description.name + " " + component.failure);
        }
        if (component.state != ComponentConfigurationDTO.ACTIVE
            && component.state != ComponentConfigurationDTO.SATISFIED) {
          lacking.add(
              "component not satisfied: "
                  + description.name
                  + " state="
                  + component.state
                  + Arrays.stream(component.unsatisfiedReferences)
                      .map(r -> " misses " + r.name)
                      .toList());
        }
      }
    }
  }

  /** Of components of one bundle that need a configuration, one that has it is enough. */
  private static boolean needy(ComponentDescriptionDTO description) {
    return "require".equals(description.configurationPolicy);
  }

  private static boolean idle(
      ComponentDescriptionDTO description, ServiceComponentRuntime runtime) {
    return runtime.getComponentConfigurationDTOs(description).isEmpty();
  }

  private static boolean isFragment(Bundle bundle) {
    return bundle.getHeaders("").get("Fragment-Host") != null;
  }

  /** What the command {@code swap} answered. */
  record Swap(int code, JsonObject report, String err) {
    Swap expect(int expected) {
      if (code != expected) {
        throw new AssertionError(
            "swap: expected=" + expected + " code=" + code + " " + report + err);
      }
      return this;
    }
  }

  /** Swaps as an operator does. */
  Swap swap(Path jar) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        service(Command.class, "(command.name=swap)")
            .run(
                new Command.Call(
                    List.of(jar.toString(), "--json"),
                    InputStream.nullInputStream(),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8)));
    String text = out.toString(StandardCharsets.UTF_8);
    try (JsonReader reader = Json.createReader(new StringReader(text.isBlank() ? "{}" : text))) {
      return new Swap(code, reader.readObject(), err.toString(StandardCharsets.UTF_8));
    }
  }

  /** Takes out what it put in. */
  @Override
  public void close() throws BundleException, IOException {
    for (Bundle bundle : system.getBundles()) {
      // a swapped-in version has a location of its own
      if (bundle.getLocation().contains("/new-versions/")) {
        bundle.uninstall();
      }
    }
    while (!installed.isEmpty()) {
      Bundle bundle = installed.pop();
      if (bundle.getState() != Bundle.UNINSTALLED) {
        bundle.uninstall();
      }
    }
    for (Configuration configuration : configured.values()) {
      configuration.delete();
    }
    CountDownLatch refreshed = new CountDownLatch(1);
    system
        .getBundle()
        .adapt(FrameworkWiring.class)
        .refreshBundles(
            null,
            event -> {
              if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                refreshed.countDown();
              }
            });
    // the probe is refreshed too, by its wire to api: the next test must find it started again
    try {
      if (!refreshed.await(HANG.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the framework did not refresh");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
