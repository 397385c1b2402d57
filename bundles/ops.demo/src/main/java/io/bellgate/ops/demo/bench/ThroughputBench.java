package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Nodes;
import io.bellgate.ops.demo.bench.Table.Column;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much and how fast, per protection.
 *
 * <p>Full load is a closed loop: each of 32 nodes posts its next reading when the last one is
 * answered. Latency is measured at a low fixed rate, where nothing queues: at full load it says
 * only how long the queue is. The time of delivery is when the line is seen in the file of the
 * destination.
 */
final class ThroughputBench {
  private static final int CALM_RATE = 50;
  private static final int ROUNDS = 3;
  private static final String BARE = "bare";
  private static final List<String> PROTECTIONS = List.of(Bench.PQC, Bench.CLASSICAL, Bench.LOCAL);

  private final Bench bench;
  private final Table full;
  private final Table calm;

  ThroughputBench(Bench bench) {
    this.bench = bench;
    String command = bench.options().command("throughput");
    full =
        new Table(
            "Throughput: closed loop of " + Load.NODES + " nodes, median of " + ROUNDS + " rounds",
            command,
            List.of(
                new Column("protection", "protection", "", 0),
                new Column("acceptedPerSecond", "accepted", "1/s", 0),
                new Column("deliveredPerSecond", "delivered", "1/s", 0),
                new Column("acceptP50Millis", "2.04 p50", "ms", 1),
                new Column("acceptP99Millis", "2.04 p99", "ms", 1),
                new Column("aliceCpuMicros", "CPU alice", "us/msg", 0),
                new Column("aliceCpuMicrosRange", "", "", 0),
                new Column("bobCpuMicros", "CPU bob", "us/msg", 0),
                new Column("loadCpuMicros", "CPU nodes", "us/msg", 0),
                new Column("otherAnswers", "not 2.04", "", 0),
                new Column("lost", "lost", "", 0),
                new Column("duplicated", "twice", "", 0)));
    calm =
        new Table(
            "Latency at " + CALM_RATE + " messages a second",
            command,
            List.of(
                new Column("protection", "protection", "", 0),
                new Column("bareP50Millis", "bare p50", "ms", 2),
                new Column("bareP99Millis", "bare p99", "ms", 2),
                new Column("acceptP50Millis", "2.04 p50", "ms", 2),
                new Column("acceptP99Millis", "2.04 p99", "ms", 2),
                new Column("addedAcceptP50Millis", "added p50", "ms", 2),
                new Column("addedAcceptP99Millis", "added p99", "ms", 2),
                new Column("fileP50Millis", "in file p50", "ms", 2),
                new Column("fileP99Millis", "in file p99", "ms", 2),
                new Column("aliceCpuMicros", "CPU alice", "us/msg", 0),
                new Column("bobCpuMicros", "CPU bob", "us/msg", 0)));
  }

  List<Table> run() throws IOException, InterruptedException {
    try (BareServer server = new BareServer(bench.program());
        Nodes nodes = new Nodes(Load.NODES, server.port())) {
      bench.withGateways(
          pair -> {
            warm(pair, nodes);
            fullLoad(pair, server, nodes);
            for (String protection : PROTECTIONS) {
              calm(pair, protection, nodes);
            }
            full.note(
                "peak memory: alice %.0f MiB, bob %.0f MiB (VmHWM)",
                Cost.of(pair.sandbox().alice().pid()).peakMebioctets(),
                Cost.of(pair.sandbox().bob().pid()).peakMebioctets());
          });
    }
    full.note("bare: Californium as in coap.node answers 2.04 and does nothing else");
    full.note("CPU is user + system of the whole process until everything is delivered");
    calm.note("added: beside the bare server, which is asked as often at the same time");
    calm.note("in file: from the post until the line is seen in the destination's file");
    return List.of(full, calm);
  }

  private static void warm(Bench.Pair pair, Nodes bareNodes)
      throws IOException, InterruptedException {
    Load bare = new Load(bareNodes, BARE, new Trace("warm"));
    bare.closed(Duration.ofSeconds(5));
    bare.answered(Duration.ofSeconds(30));
    Phase.run(pair, "warm", Bench.PQC, load -> load.closed(Duration.ofSeconds(10)));
  }

  /** In turns, so that a neighbour's busy minute does not hit one protection alone. */
  private void fullLoad(Bench.Pair pair, BareServer server, Nodes bareNodes)
      throws IOException, InterruptedException {
    Map<String, List<double[]>> figures = new LinkedHashMap<>();
    for (int round = 1; round <= ROUNDS; round++) {
      figures.computeIfAbsent(BARE, b -> new ArrayList<>()).add(bare(server, bareNodes, round));
      for (String protection : PROTECTIONS) {
        figures
            .computeIfAbsent(protection, p -> new ArrayList<>())
            .add(full(pair, protection, round));
      }
    }
    figures.forEach(this::row);
  }

  private double[] full(Bench.Pair pair, String protection, int round)
      throws IOException, InterruptedException {
    bench.say("%s: full load for %d s", protection, bench.options().seconds());
    Phase phase =
        Phase.run(
            pair,
            protection + "full" + round,
            protection,
            load -> load.closed(bench.options().length()));
    bench.judge(phase.trace());
    boolean local = protection.equals(Bench.LOCAL);
    return figures(
        phase.trace(),
        phase.trace().deliveredPerSecond(),
        phase.alice(),
        local ? Double.NaN : phase.bob().cpuMicros(),
        phase.self());
  }

  private double[] bare(BareServer server, Nodes nodes, int round) throws InterruptedException {
    bench.say("bare Californium server: full load for %d s", bench.options().seconds());
    Cost before = Cost.of(server.pid());
    Cost self = Cost.of(ProcessHandle.current().pid());
    Trace trace = new Trace("barefull" + round);
    Load load = new Load(nodes, BARE, trace);
    load.closed(bench.options().length());
    load.answered(Duration.ofSeconds(30));
    return figures(
        trace,
        Double.NaN,
        Cost.of(server.pid()).since(before),
        Double.NaN,
        Cost.of(ProcessHandle.current().pid()).since(self));
  }

  /** In the order of the columns; what is not delivered on purpose is not lost. */
  private static double[] figures(
      Trace trace, double deliveredPerSecond, Cost alice, double bobMicros, Cost self) {
    return new double[] {
      trace.acceptedPerSecond(),
      deliveredPerSecond,
      trace.acceptance().p50(),
      trace.acceptance().p99(),
      alice.cpuMicros() / trace.acceptances(),
      bobMicros / trace.acceptances(),
      self.cpuMicros() / trace.acceptances(),
      trace.posts() - trace.acceptances(),
      Double.isNaN(deliveredPerSecond) ? Double.NaN : trace.lost(),
      Double.isNaN(deliveredPerSecond) ? Double.NaN : trace.duplicated()
    };
  }

  /** Adds the median of each figure, and of alice's CPU time the least and the most. */
  private void row(String protection, List<double[]> rounds) {
    Object[] cells = new Object[12];
    cells[0] = protection;
    for (int i = 0; i < 10; i++) {
      int figure = i;
      double[] sorted = rounds.stream().mapToDouble(r -> r[figure]).sorted().toArray();
      boolean count = i > 6;
      cells[i < 5 ? i + 1 : i + 2] =
          count ? Arrays.stream(sorted).sum() : sorted[sorted.length / 2];
      if (i == 4) {
        cells[6] = String.format("(%.0f to %.0f)", sorted[0], sorted[sorted.length - 1]);
      }
    }
    full.row(cells);
  }

  private void calm(Bench.Pair pair, String protection, Nodes bareNodes)
      throws IOException, InterruptedException {
    bench.say(
        "%s: %d messages a second for %d s", protection, CALM_RATE, bench.options().seconds());
    Trace base = new Trace("bare");
    Load beside = new Load(bareNodes, BARE, base);
    Phase phase =
        Phase.run(
            pair,
            protection + "calm",
            protection,
            load -> load.open(CALM_RATE, bench.options().length(), beside));
    Trace trace = phase.trace();
    bench.judge(trace);
    calm.row(
        protection,
        base.acceptance().p50(),
        base.acceptance().p99(),
        trace.acceptance().p50(),
        trace.acceptance().p99(),
        trace.acceptance().p50() - base.acceptance().p50(),
        trace.acceptance().p99() - base.acceptance().p99(),
        trace.delivery().p50(),
        trace.delivery().p99(),
        phase.perMessage(phase.alice().cpuMicros()),
        protection.equals(Bench.LOCAL) ? Double.NaN : phase.perMessage(phase.bob().cpuMicros()));
  }
}
