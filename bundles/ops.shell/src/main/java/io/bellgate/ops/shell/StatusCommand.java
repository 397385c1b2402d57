package io.bellgate.ops.shell;

import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.StatusSource;
import jakarta.json.Json;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The command {@code status}: what every bundle says of itself. */
@Component(property = Command.NAME + "=status")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {"command=status", "summary=\"Show what a gateway is doing\"", "feature=gateway"})
public final class StatusCommand implements Command {
  private static final String HELP =
      """
      usage: bellgate status [SECTION ...] [--json | --metrics] --site SITE

      Shows what the bundles of a running gateway say of themselves, by section; with --metrics
      the numbers in it as Prometheus reads them, for example from a file of its node exporter.

      examples:
        bellgate status --site alice
        bellgate status peers pool --site alice
        bellgate status --json --site alice | jq .router.counts
        bellgate status --metrics --site alice > a.new && mv a.new /var/lib/node_exporter/a.prom
      """;

  private final BundleContext context;
  private final Map<StatusSource, String> sources = new ConcurrentHashMap<>();

  /**
   * Takes the context.
   *
   * @param context for the framework's properties
   */
  @Activate
  public StatusCommand(BundleContext context) {
    this.context = context;
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindSource(StatusSource source, Map<String, Object> properties) {
    sources.put(source, String.valueOf(properties.get(StatusSource.SECTION)));
  }

  void unbindSource(StatusSource source) {
    sources.remove(source);
  }

  @Override
  public int run(Call call) {
    if (call.arguments().contains("--help")) {
      call.out().print(HELP);
      return OK;
    }
    List<String> wanted = call.arguments().stream().filter(a -> !a.startsWith("-")).toList();
    Map<String, Object> all = all();
    for (String section : wanted) {
      if (!all.containsKey(section)) {
        call.err().println("no such section: section=" + section + " known=" + all.keySet());
        return USAGE;
      }
    }
    if (!wanted.isEmpty()) {
      all.keySet().retainAll(wanted);
    }
    if (call.arguments().contains("--metrics")) {
      new Metrics().add(all).print(call.out());
    } else if (call.arguments().contains("--json")) {
      call.out().println(Json.createObjectBuilder(all).build());
    } else {
      print(call.out(), "", all);
    }
    return OK;
  }

  private Map<String, Object> all() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("gateway", gateway());
    Map<String, Object> sections = new TreeMap<>();
    sources.forEach((source, section) -> sections.putIfAbsent(section, source.status()));
    all.putAll(sections);
    return all;
  }

  private Map<String, Object> gateway() {
    Map<String, Object> gateway = new LinkedHashMap<>();
    for (String name : new String[] {"site", "version", "lab"}) {
      String value = context.getProperty("bellgate." + name);
      if (value != null) {
        gateway.put(name, value);
      }
    }
    gateway.put("uptimeSeconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
    gateway.put(
        "heapUsedMebioctets",
        (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
    Map<String, Object> bundles = new TreeMap<>();
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getSymbolicName() != null && bundle.getSymbolicName().startsWith("io.bellgate.")) {
        bundles.merge(
            bundle.getSymbolicName(), bundle.getVersion().toString(), (a, b) -> a + ", " + b);
      }
    }
    gateway.put("bundles", bundles);
    return gateway;
  }

  private static void print(PrintStream out, String indent, Map<?, ?> map) {
    map.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> inner) {
            out.println(indent + name + ":");
            print(out, indent + "  ", inner);
          } else if (value instanceof List<?> list && !list.isEmpty()) {
            out.println(indent + name + ":");
            list.forEach(item -> out.println(indent + "  - " + item));
          } else {
            out.println(indent + name + ": " + value);
          }
        });
  }
}
