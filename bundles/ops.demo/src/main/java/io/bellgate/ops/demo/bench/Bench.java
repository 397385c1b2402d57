package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Nodes;
import io.bellgate.ops.demo.Sandbox;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all measurements share: the options, progress, failures, and a pair of gateways to load. */
final class Bench {
  static final Duration START_BOUND = Duration.ofSeconds(90);

  /** Resources that alice's rules tell apart: under post-quantum keys to bob, … */
  static final String PQC = "pqc";

  /** … under X25519 alone to bob, … */
  static final String CLASSICAL = "classical";

  /** … into alice's own file. */
  static final String LOCAL = "local";

  private final Path program;
  private final BenchOptions options;
  private final PrintStream progress;
  private final List<String> failures = new ArrayList<>();
  private final long begin = System.nanoTime();

  Bench(Path program, BenchOptions options, PrintStream progress) {
    this.program = program;
    this.options = options;
    this.progress = progress;
  }

  Path program() {
    return program;
  }

  BenchOptions options() {
    return options;
  }

  void say(String format, Object... values) {
    progress.printf(
        "%6.1f s  %s%n", (System.nanoTime() - begin) / 1e9, String.format(format, values));
    progress.flush();
  }

  void failed(String what) {
    say("FAILED: %s", what);
    failures.add(what);
  }

  List<String> failures() {
    return failures;
  }

  /** What a reader must know to compare. */
  static String machine() {
    return Runtime.getRuntime().availableProcessors()
        + " processors, "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ", JVM "
        + Runtime.version();
  }

  Sandbox sandbox() throws IOException {
    Map<String, String> classes = new LinkedHashMap<>();
    List.of(PQC, CLASSICAL, LOCAL).forEach(resource -> classes.put(resource, "process"));
    List<String> rules =
        List.of(
            "pqc: (resource=pqc) => pqc else hold",
            "classical: (resource=classical) => classical else hold",
            "local: (resource=local) => pqc to alice");
    return Sandbox.make(program, new Sandbox.Plan(classes, rules, true, false, false));
  }

  /** A sandbox whose quantum link works without end; each resource is under the key of its name. */
  Sandbox lit(List<String> protections) throws IOException {
    Map<String, String> classes = new LinkedHashMap<>();
    protections.forEach(p -> classes.put(resource(p), "process"));
    List<String> rules =
        protections.stream()
            .map(p -> resource(p) + ": (resource=" + resource(p) + ") => " + p + " else hold")
            .toList();
    return Sandbox.make(program, new Sandbox.Plan(classes, rules, false, true, true));
  }

  static String resource(String protection) {
    return protection.replace('+', '-');
  }

  /** Work on two running gateways. */
  interface Work {
    void on(Pair pair) throws IOException, InterruptedException;
  }

  /**
   * Two running gateways and their nodes.
   *
   * @param sandbox the gateways
   * @param nodes endpoints that speak to alice
   * @param alice follows alice's file
   * @param bob follows bob's file
   */
  record Pair(Sandbox sandbox, Nodes nodes, FileFollower alice, FileFollower bob) {
    /** Whoever follows the file where a resource's readings end. */
    FileFollower follower(String resource) {
      return resource.equals(LOCAL) ? alice : bob;
    }
  }

  /** Starts two gateways, works, ends them. */
  void withGateways(Work work) throws IOException, InterruptedException {
    with(sandbox(), work);
  }

  /** Starts the gateways of a sandbox, works, ends them. */
  void with(Sandbox sandbox, Work work) throws IOException, InterruptedException {
    try {
      say("starting two gateways in %s", sandbox.folder());
      if (!sandbox.start(START_BOUND)) {
        failed("the gateways did not become ready: see " + sandbox.alice().data());
        return;
      }
      try (Nodes nodes = new Nodes(Load.NODES, sandbox.coapPort());
          FileFollower alice = new FileFollower(sandbox.alice().data().resolve("north"));
          FileFollower bob = new FileFollower(sandbox.bob().data().resolve("north"))) {
        work.on(new Pair(sandbox, nodes, alice, bob));
      }
    } finally {
      sandbox.end();
    }
  }

  /** Complains of readings that were lost or delivered twice. */
  void judge(Trace trace) {
    if (trace.lost() > 0 || trace.duplicated() > 0) {
      failed(
          "accepted readings are delivered once: phase="
              + trace.name()
              + " accepted="
              + trace.acceptances()
              + " lost="
              + trace.lost()
              + " duplicated="
              + trace.duplicated());
    }
  }
}
