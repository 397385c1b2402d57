package io.bellgate.ops.upgrade;

import io.bellgate.api.ops.Command;
import io.bellgate.api.ops.StatusSource;
import jakarta.json.Json;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/**
 * The command {@code swap}: replaces a running bundle and says what it cost. Stateless: the history
 * is in a file, so that it survives a swap of this bundle and of the shell that holds it.
 */
@Component(property = {Command.NAME + "=swap", StatusSource.SECTION + "=swaps"})
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=swap",
      "summary=\"Replace a running bundle by another version of itself\"",
      "feature=gateway"
    })
public final class SwapCommand implements Command, StatusSource {
  private static final String HELP =
      """
      usage: bellgate swap FILE [--json] --site SITE

      Replaces the running bundle of the same symbolic name by FILE, while traffic flows. If the new
      version cannot serve, the old one serves on and the exit code is 4.

      A library (a bundle without components) goes in beside the old version; the bundles that use
      it and take the new one are parked and moved together. The others stay with the old one.

        FILE     a bundle (jar), readable by the gateway
        --json   print the report as JSON

      examples:
        bellgate swap demo/io.bellgate.policy.rules-0.1.1-demo.jar --site alice
        bellgate swap bcprov-jdk18on-1.88.jar --site alice
        bellgate status --site alice --json | jq .swaps
      """;

  private final SwapEngine engine;
  private final Generations generations;
  private final History history;

  /**
   * Takes what the engine works with; none of it is swapped live, but for the depot, which is in
   * this bundle.
   *
   * @param context this bundle's, for the way to the system bundle
   * @param components the component runtime
   * @param depot where parked state waits
   * @param launcher the launcher's generations
   */
  @Activate
  public SwapCommand(
      BundleContext context,
      @Reference ServiceComponentRuntime components,
      @Reference ParkedDepot depot,
      @Reference(target = "(bellgate.generations=true)") UnaryOperator<String> launcher) {
    BundleContext system = context.getBundle(0).getBundleContext();
    generations = new Generations(launcher);
    history = new History(Path.of(context.getProperty("bellgate.data"), "swaps.jsonl"));
    engine = new SwapEngine(system, components, depot, generations, SwapEngine.Bounds.USUAL);
  }

  @Override
  public int run(Call call) {
    List<String> arguments = new ArrayList<>(call.arguments());
    boolean json = arguments.remove("--json");
    if (arguments.contains("--help")) {
      call.out().print(HELP);
      return OK;
    }
    if (arguments.size() != 1 || arguments.get(0).startsWith("-")) {
      call.err().print(HELP);
      return USAGE;
    }
    return swap(Path.of(arguments.get(0)), json, call.out(), call.err());
  }

  private synchronized int swap(Path file, boolean json, PrintStream out, PrintStream err) {
    try {
      Report report = engine.swap(Jar.read(file.toAbsolutePath()));
      history.add(report.asMap());
      if (json) {
        out.println(Json.createObjectBuilder(report.asMap()).build());
      } else {
        out.printf(
            "%s: %s -> %s (%s), gap %.2f ms, total %.0f ms, generation %d%n",
            report.symbolicName(),
            report.before(),
            report.after(),
            report.mode(),
            report.gapMillis(),
            report.totalMillis(),
            report.generation());
        if (!report.users().isEmpty()) {
          out.printf("moved to it: %s%n", report.users());
        }
        out.printf(
            "deactivated elsewhere: bundles %s, components %s%n",
            report.otherBundles(), report.otherComponents());
      }
      return OK;
    } catch (Refused e) {
      history.add(
          Map.of(
              "file", file.getFileName().toString(), "error", e.code(), "message", e.getMessage()));
      if (json) {
        out.println(
            Json.createObjectBuilder()
                .add("error", e.code())
                .add("message", e.getMessage())
                .build());
      }
      err.println(e.code() + " " + e.getMessage());
      return REFUSED;
    }
  }

  @Override
  public Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("generation", generations.current());
    status.put("last", history.last());
    return status;
  }
}
