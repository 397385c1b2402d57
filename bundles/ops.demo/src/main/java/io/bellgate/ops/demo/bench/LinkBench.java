package io.bellgate.ops.demo.bench;

import io.bellgate.ops.demo.Sandbox;
import io.bellgate.ops.demo.Site;
import io.bellgate.ops.demo.bench.Table.Column;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The quantum link at work, over the SIMULATED fibre: what it gives and what it costs, and messages
 * under its keys meanwhile.
 */
final class LinkBench {
  private static final List<String> PROTECTIONS = List.of("pqc", "qkd", "qkd+pqc", "otp");
  private static final int RATE = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int BLOCKS_FIRST = 4;

  private final Bench bench;
  private final Table link;
  private final Table messages;

  LinkBench(Bench bench) {
    this.bench = bench;
    String command = bench.options().command("link");
    link =
        new Table(
            "Quantum link (SIMULATED, 25 km) that makes keys without a rest",
            command,
            List.of(
                new Column("process", "process", "", 0),
                new Column("blocks", "blocks", "", 0),
                new Column("secondsPerBlock", "a block", "s", 2),
                new Column("secretBitsPerSecond", "secret key", "bit/s", 0),
                new Column("cpuSecondsPerBlock", "CPU", "s/block", 3),
                new Column("cpuShare", "CPU share", "%", 1),
                new Column("peakMebioctets", "peak RSS", "MiB", 0)));
    messages =
        new Table(
            "Messages at " + RATE + " a second, while the link makes keys",
            command,
            List.of(
                new Column("protection", "protection", "", 0),
                new Column("messages", "messages", "", 0),
                new Column("acceptP50Millis", "2.04 p50", "ms", 2),
                new Column("acceptP99Millis", "2.04 p99", "ms", 2),
                new Column("fileP50Millis", "in file p50", "ms", 2),
                new Column("fileP99Millis", "in file p99", "ms", 2),
                new Column("lost", "lost", "", 0),
                new Column("duplicated", "twice", "", 0)));
  }

  List<Table> run() throws IOException, InterruptedException {
    bench.with(
        bench.lit(PROTECTIONS),
        pair -> {
          if (!pair.sandbox().pair()) {
            bench.failed("the two sites could not be paired");
            return;
          }
          awaitBlocks(pair.sandbox().alice(), BLOCKS_FIRST);
          alone(pair.sandbox());
          for (String protection : PROTECTIONS) {
            messages(pair, protection);
          }
        });
    link.note("CPU share: of one processor");
    link.note("JVM options: as shipped (-Xmx96m)");
    return List.of(link, messages);
  }

  private static long blocks(Site alice) throws IOException {
    JsonObject status = alice.status();
    return status.containsKey("qkd.link")
        ? status.getJsonObject("qkd.link").getInt("blocksConfirmed", 0)
        : 0;
  }

  private void awaitBlocks(Site alice, int least) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (blocks(alice) < least && System.nanoTime() < until) {
      Thread.sleep(200);
    }
    if (blocks(alice) < least) {
      bench.failed("the link makes keys: blocks=" + blocks(alice));
    }
  }

  private void alone(Sandbox sandbox) throws IOException, InterruptedException {
    bench.say("the link alone for %d s", 2 * bench.options().seconds());
    List<Site> sites = List.of(sandbox.alice(), sandbox.bob(), sandbox.optics());
    long blocksBefore = blocks(sandbox.alice());
    long bitsBefore = secretBits(sandbox.alice());
    long begin = System.nanoTime();
    double[] before = new double[sites.size()];
    for (int i = 0; i < before.length; i++) {
      before[i] = Cost.of(sites.get(i).pid()).cpuMicros();
    }
    Thread.sleep(2_000L * bench.options().seconds());
    double[] spent = new double[sites.size()];
    for (int i = 0; i < before.length; i++) {
      spent[i] = (Cost.of(sites.get(i).pid()).cpuMicros() - before[i]) / 1e6;
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long made = blocks(sandbox.alice()) - blocksBefore;
    long bits = secretBits(sandbox.alice()) - bitsBefore;
    for (int i = 0; i < before.length; i++) {
      boolean alice = i == 0;
      link.row(
          sites.get(i).name(),
          alice ? made : Double.NaN,
          alice ? seconds / made : Double.NaN,
          alice ? bits / seconds : Double.NaN,
          spent[i] / made,
          100 * spent[i] / seconds,
          Cost.of(sites.get(i).pid()).peakMebioctets());
    }
  }

  private static long secretBits(Site alice) throws IOException {
    return alice.status().getJsonObject("qkd.link").getJsonNumber("secretBits").longValue();
  }

  private void messages(Bench.Pair pair, String protection)
      throws IOException, InterruptedException {
    bench.say("%s: %d messages a second for %d s", protection, RATE, bench.options().seconds());
    Phase phase =
        Phase.run(
            pair,
            "link" + Bench.resource(protection),
            Bench.resource(protection),
            load -> load.open(RATE, bench.options().length()));
    Trace trace = phase.trace();
    bench.judge(trace);
    messages.row(
        protection,
        trace.acceptances(),
        trace.acceptance().p50(),
        trace.acceptance().p99(),
        trace.delivery().p50(),
        trace.delivery().p99(),
        trace.lost(),
        trace.duplicated());
  }
}
