package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Sandbox;
import io.bellgate.ops.demo.Site;
import io.bellgate.ops.demo.bench.Table.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What a start costs: one gateway, a fresh data folder each time, then a second start on it. */
final class StartupBench {
  private static final int TIMES = 5;
  private static final long LOOK_MILLIS = 5;
  private static final long LATER_MILLIS = 3_000;
  private static final Duration STOP_BOUND = Duration.ofSeconds(20);

  private record Start(
      double wallSeconds, double cpuSeconds, double peakMebioctets, double laterMebioctets) {}

  private final Bench bench;

  StartupBench(Bench bench) {
    this.bench = bench;
  }

  List<Table> run() throws IOException, InterruptedException {
    List<Start> fresh = new ArrayList<>();
    List<Start> second = new ArrayList<>();
    for (int i = 1; i <= TIMES; i++) {
      bench.say("start %d of %d: fresh data folder, then once more", i, TIMES);
      Sandbox sandbox = bench.sandbox();
      try {
        fresh.add(start(sandbox.alice()));
        second.add(start(sandbox.alice()));
      } finally {
        sandbox.end();
      }
    }
    Table table =
        new Table(
            "Start-up: one gateway until ready, median (least to most) of " + TIMES,
            "bellgate bench startup",
            List.of(
                new Column("data", "data folder", "", 0),
                new Column("cpuSeconds", "CPU", "s", 2),
                new Column("cpuSecondsRange", "", "", 0),
                new Column("wallSeconds", "wall", "s", 2),
                new Column("wallSecondsRange", "", "", 0),
                new Column("peakMebioctets", "peak RSS", "MiB", 0),
                new Column("laterMebioctets", "3 s later", "MiB", 0)));
    row(table, "fresh", fresh);
    row(table, "second start", second);
    table.note(
        "JVM options: %s",
        System.getenv().getOrDefault("BELLGATE_JAVA_OPTS", "as shipped (-Xmx96m)"));
    table.note("CPU is user + system of the gateway's JVM, from process start until ready.json");
    return List.of(table, size());
  }

  private Start start(Site site) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    site.start();
    while (site.ready().isEmpty()) {
      if (!site.alive() || System.nanoTime() - begin > Bench.START_BOUND.toNanos()) {
        throw new IOException("a gateway becomes ready: see " + site.data());
      }
      Thread.sleep(LOOK_MILLIS);
    }
    double wall = (System.nanoTime() - begin) / 1e9;
    Cost cost = Cost.of(site.pid());
    Thread.sleep(LATER_MILLIS);
    Cost later = Cost.of(site.pid());
    site.stop(STOP_BOUND);
    return new Start(wall, cost.cpuMicros() / 1e6, cost.peakMebioctets(), later.peakMebioctets());
  }

  private static void row(Table table, String name, List<Start> starts) {
    table.row(
        name,
        median(starts, Start::cpuSeconds),
        range(starts, Start::cpuSeconds),
        median(starts, Start::wallSeconds),
        range(starts, Start::wallSeconds),
        median(starts, Start::peakMebioctets),
        median(starts, Start::laterMebioctets));
  }

  private static double[] sorted(List<Start> starts, ToDoubleFunction<Start> of) {
    double[] values = starts.stream().mapToDouble(of).toArray();
    Arrays.sort(values);
    return values;
  }

  private static double median(List<Start> starts, ToDoubleFunction<Start> of) {
    return sorted(starts, of)[starts.size() / 2];
  }

  private static String range(List<Start> starts, ToDoubleFunction<Start> of) {
    double[] values = sorted(starts, of);
    return String.format("(%.2f to %.2f)", values[0], values[values.length - 1]);
  }

  private Table size() throws IOException {
    Table table =
        new Table(
            "Size of the program",
            "bellgate bench startup",
            List.of(
                new Column("what", "what", "", 0),
                new Column("mebioctets", "size", "MiB", 2),
                new Column("files", "files", "", 0)));
    Path program = bench.program();
    Path archive = program.resolveSibling(program.getFileName() + ".tar.gz");
    if (Files.exists(archive)) {
      table.row("archive " + archive.getFileName(), Files.size(archive) / 1048576.0, 1);
    }
    row(table, "unpacked", program);
    row(table, "of it: bundles", program.resolve("system"));
    row(table, "of it: bundles of ours", program.resolve("system/io/bellgate"));
    row(table, "of it: launcher and framework", program.resolve("lib"));
    return table;
  }

  private static void row(Table table, String what, Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      long octets = 0;
      for (Path file : files) {
        octets += Files.size(file);
      }
      table.row(what, octets / 1048576.0, files.size());
    }
  }
}
