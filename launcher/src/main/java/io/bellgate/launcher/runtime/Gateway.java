package io.bellgate.launcher.runtime;

import io.bellgate.launcher.config.Variables;
import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.folder.DurableFile;
import io.bellgate.launcher.folder.Program;
import io.bellgate.launcher.generation.Generation;
import io.bellgate.launcher.generation.GenerationFolder;
import io.bellgate.launcher.generation.GenerationService;
import io.bellgate.launcher.generation.JarStore;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.socket.ControlPath;
import io.bellgate.launcher.socket.SocketLender;
import io.bellgate.launcher.socket.SocketSpec;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.BundleException;

/** A running gateway: one generation in one framework, with its sockets. */
public final class Gateway {
  /** A generation with a parent that is not healthy by then is tried again, and then given up. */
  private static final long HEALTHY_WITHIN_SECONDS = 90;

  private static final System.Logger LOG = System.getLogger(Gateway.class.getName());

  private final Place place;
  private final Generation generation;
  private final GenerationFolder generations;
  private final JarStore jars;
  private final PrintStream out;
  private final SocketLender lender = new SocketLender();
  private final Systemd systemd = new Systemd(System.getenv());
  private OsgiRuntime runtime;
  private volatile boolean healthy;
  private volatile boolean stopping;
  private volatile boolean givingUp;

  /**
   * Where a gateway runs.
   *
   * @param site name of the site
   * @param program program folder
   * @param data data folder
   * @param variables for configuration and framework properties
   * @param run the taken run folder
   */
  public record Place(
      String site, Program program, DataFolder data, Variables variables, RunFolder run) {}

  public Gateway(
      Place place,
      Generation generation,
      GenerationFolder generations,
      JarStore jars,
      PrintStream out) {
    this.place = place;
    this.generation = generation;
    this.generations = generations;
    this.jars = jars;
    this.out = out;
  }

  /** Runs until somebody ends the process; does not return before. */
  public void run() throws IOException, BundleException, InterruptedException {
    int starts = generations.starts(generation.number());
    openSockets();
    generations.setStarts(generation.number(), starts + 1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(starts), "bellgate-stop"));
    try {
      start();
      awaitHealthy();
    } catch (IOException | BundleException | RuntimeException e) {
      givingUp = true; // this start counts as failed
      throw e;
    }
    runtime.awaitStop();
    if (!stopping) {
      LOG.log(Level.WARNING, "the framework was stopped from inside; ending the process");
      System.exit(ExitCode.OK);
    }
    Thread.currentThread().join(); // the shutdown hook ends the process
  }

  private void openSockets() throws IOException {
    lender.openControl(ControlPath.choose(place.data()));
    Map<String, SocketSpec> specs = new TreeMap<>();
    generation.sockets().forEach((name, json) -> specs.put(name, SocketSpec.of(name, json)));
    Map<String, Integer> before = place.run().lastPorts();
    specs.forEach((name, spec) -> lender.open(spec, before.getOrDefault(name, 0)));
    JsonObjectBuilder bound = Json.createObjectBuilder();
    lender.ports().forEach((name, port) -> bound.add(name, specs.get(name).json(port)));
    place.run().write("sockets.json", bound.build());
  }

  private void start() throws IOException, BundleException {
    for (int number : generations.numbers()) {
      DurableFile.deleteTree(generations.storage(number));
    }
    runtime = OsgiRuntime.prepare(generations.storage(generation.number()), properties());
    GenerationService service =
        new GenerationService(generations, jars, Clock.systemUTC(), generation, () -> healthy);
    RuntimeServices.register(runtime.context(), lender, this::exit, service);
    if ("true".equals(generation.framework().get(SharedRandom.PROPERTY))) {
      SharedRandom.register(runtime.context());
      LOG.log(Level.INFO, "random bits of this gateway are offered in the whole JVM");
    }
    List<OsgiRuntime.Install> bundles =
        generation.bundles().stream()
            .map(bundle -> new OsgiRuntime.Install(jars.file(bundle), bundle.startOrder()))
            .toList();
    runtime.start(runtime.install(bundles));
  }

  private Map<String, String> properties() {
    Map<String, String> out = new TreeMap<>();
    generation
        .framework()
        .forEach((name, value) -> out.put(name, place.variables().replace(value)));
    int last = generation.bundles().stream().mapToInt(b -> b.startOrder()).max().orElse(1);
    out.put("org.osgi.framework.startlevel.beginning", Integer.toString(last));
    out.put("bellgate.site", place.site());
    out.put("bellgate.data", place.data().root().toString());
    out.put("bellgate.home", place.program().home().toString());
    out.put("bellgate.version", Program.version());
    out.put(
        "configurator.initial", ConfiguratorJson.of(generation.configuration(), place.variables()));
    return out;
  }

  private void awaitHealthy() throws IOException, InterruptedException {
    List<String> missing =
        runtime.awaitBound(HEALTHY_WITHIN_SECONDS, TimeUnit.SECONDS, this::logMissing);
    if (stopping) {
      return;
    }
    if (!missing.isEmpty()
        && generation.parent() != 0
        && !generations.proven(generation.number())) {
      LOG.log(Level.ERROR, "generation " + generation.number() + " is not healthy: " + missing);
      givingUp = true;
      exit(ExitCode.RESTART);
      return;
    }
    if (!missing.isEmpty()) {
      LOG.log(Level.ERROR, "not ready; still waiting: " + String.join("; ", missing));
      out.println(
          "bellgate "
              + place.site()
              + " is NOT READY: "
              + missing.get(0)
              + " (see bellgate doctor --site "
              + place.site()
              + ")");
      missing = runtime.awaitBound(Long.MAX_VALUE, TimeUnit.NANOSECONDS, this::logMissing);
    }
    generations.setProven(generation.number());
    healthy = true;
    announce();
    Requirements requirements = new Requirements(runtime.context());
    systemd.feed(() -> requirements.unbound().isEmpty());
  }

  private void logMissing(List<String> missing) {
    LOG.log(Level.DEBUG, () -> "waiting: " + String.join("; ", missing));
  }

  private void announce() throws IOException {
    Map<String, Integer> ports = lender.ports();
    String listed =
        ports.entrySet().stream()
            .map(entry -> " " + entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining());
    JsonObjectBuilder sockets = Json.createObjectBuilder();
    ports.forEach(sockets::add);
    place
        .run()
        .write(
            "ready.json",
            Json.createObjectBuilder()
                .add("site", place.site())
                .add("pid", ProcessHandle.current().pid())
                .add("generation", generation.number())
                .add("version", Program.version())
                .add("ports", sockets)
                .build());
    String line = "bellgate " + place.site() + " ready: generation=" + generation.number() + listed;
    LOG.log(Level.INFO, line);
    out.println(line);
    out.flush();
    systemd.ready("generation " + generation.number());
  }

  /** Ends the process in an orderly way; returns at once. */
  private void exit(int code) {
    LOG.log(Level.INFO, "ending: code=" + code);
    new Thread(() -> System.exit(code), "bellgate-exit").start();
  }

  private void stop(int startsBefore) {
    stopping = true;
    systemd.stopping();
    try {
      if (runtime != null) {
        runtime.close();
      }
      lender.close();
      ControlPath.remove(place.data());
      if (!healthy && !givingUp) {
        generations.setStarts(generation.number(), startsBefore); // ended by hand, not failed
      }
      place.run().close();
      LOG.log(Level.INFO, "stopped");
    } catch (IOException e) {
      LOG.log(Level.ERROR, "not stopped cleanly", e);
    } finally {
      Logging.finish();
    }
  }
}
