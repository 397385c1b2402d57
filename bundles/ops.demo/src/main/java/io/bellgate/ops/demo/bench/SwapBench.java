package io.bellgate.ops.demo.bench;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.demo.Control;
import io.bellgate.ops.demo.Jars;
import io.bellgate.ops.demo.Site;
import io.bellgate.ops.demo.bench.Table.Column;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The silence of a swap: the longest time between two consecutive successful answers to an open
 * loop of probes, while one bundle is swapped, beside the same figure for an equal time before it;
 * and likewise the longest time between two deliveries.
 */
final class SwapBench {
  private static final List<String> VARIANTS = List.of("policy.rules", "coap.node");
  private static final List<String> BUNDLES =
      List.of(
          "policy.rules",
          "coap.node",
          "gateway.router",
          "keys.pool",
          "keys.pqc",
          "peer.link",
          "north.file",
          "entropy.hub",
          "ops.shell",
          "ops.upgrade");

  private final Bench bench;
  private final Table table;

  SwapBench(Bench bench) {
    this.bench = bench;
    table =
        new Table(
            "Swaps under " + bench.options().rate() + " probes a second, protection pqc",
            bench.options().command("swap"),
            List.of(
                new Column("bundle", "bundle", "", 0),
                new Column("site", "site", "", 0),
                new Column("mode", "mode", "", 0),
                new Column("quietMillis", "silence", "no swap ms", 1),
                new Column("silenceMillis", "silence", "swap ms", 1),
                new Column("quietDeliveryMillis", "delivery", "no swap ms", 1),
                new Column("deliveryMillis", "delivery", "swap ms", 1),
                new Column("gapMillis", "gap", "engine ms", 1),
                new Column("blastBundles", "others", "bundles", 0),
                new Column("blastComponents", "others", "components", 0),
                new Column("postedPerSecond", "probes", "1/s", 0),
                new Column("acceptedPerSecond", "2.04", "1/s", 0)));
  }

  List<Table> run() throws IOException, InterruptedException {
    bench.withGateways(
        pair -> {
          Phase.run(pair, "warm", Bench.PQC, load -> load.closed(Duration.ofSeconds(5)));
          Phase phase = Phase.run(pair, "probe", Bench.PQC, load -> swaps(pair, load));
          bench.judge(phase.trace());
          table.note(
              "in all: posted %d, accepted %d, lost %d, delivered twice %d, other answers %s",
              phase.trace().posts(),
              phase.trace().acceptances(),
              phase.trace().lost(),
              phase.trace().duplicated(),
              phase.trace().others());
        });
    table.note(
        "silence: longest time between two 2.04 in %d s with a swap, and in as long before it",
        bench.options().seconds());
    table.note("delivery: the same between two lines in bob's file");
    return List.of(table);
  }

  /** Probes on a thread of their own; here one bundle after the other is swapped. */
  private void swaps(Bench.Pair pair, Load load) throws InterruptedException {
    Duration length = bench.options().length().multipliedBy(2L * BUNDLES.size() + 2);
    Thread probes =
        new Thread(
            () -> {
              try {
                load.open(bench.options().rate(), length);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "bench-probes");
    probes.setDaemon(true);
    probes.start();
    try {
      Thread.sleep(1_000);
      for (String bundle : BUNDLES) {
        swap(pair, load.trace(), bundle);
      }
    } finally {
      probes.interrupt();
      probes.join();
    }
  }

  private void swap(Bench.Pair pair, Trace trace, String bundle) throws InterruptedException {
    Site site = bundle.equals("north.file") ? pair.sandbox().bob() : pair.sandbox().alice();
    long window = bench.options().length().toNanos();
    long quiet = System.nanoTime();
    Thread.sleep(bench.options().length().toMillis());
    long begin = System.nanoTime();
    bench.say("swapping %s of %s", bundle, site.name());
    CompletableFuture<JsonObject> swap =
        CompletableFuture.supplyAsync(() -> swap(pair, site, bundle));
    Thread.sleep(bench.options().length().toMillis());
    JsonObject report;
    try {
      report = swap.join();
    } catch (CompletionException e) {
      bench.failed("swap of " + bundle + ": " + e.getCause());
      report = JsonObject.EMPTY_JSON_OBJECT;
    }
    boolean done = report.containsKey("before");
    table.row(
        bundle,
        site.name(),
        done ? report.getString("mode") : "failed",
        trace.acceptanceSilence(quiet, quiet + window),
        trace.acceptanceSilence(begin, begin + window),
        trace.deliverySilence(quiet, quiet + window),
        trace.deliverySilence(begin, begin + window),
        done ? report.getJsonNumber("gapMillis").doubleValue() : Double.NaN,
        done ? report.getJsonArray("blastRadiusBundles").size() : Double.NaN,
        done ? report.getJsonArray("blastRadiusComponents").size() : Double.NaN,
        trace.postedPerSecond(begin, begin + window),
        trace.acceptedPerSecond(begin, begin + window));
    if (done && !report.getJsonArray("blastRadiusComponents").isEmpty()) {
      table.note(
          "%s: bundles %s, components %s went down with it",
          bundle,
          report.getJsonArray("blastRadiusBundles"),
          report.getJsonArray("blastRadiusComponents"));
    }
  }

  /** Throws {@link IllegalStateException} with what the gateway says if it refuses. */
  private JsonObject swap(Bench.Pair pair, Site site, String bundle) {
    try {
      Path jar =
          VARIANTS.contains(bundle)
              ? Jars.variant(bench.program(), bundle)
              : Jars.next(Jars.shipped(bench.program(), bundle), pair.sandbox().folder());
      Control.Answer answer = site.control().run("swap", jar.toString(), "--json");
      if (answer.code() != Command.OK) {
        throw new IllegalStateException(answer.err().strip() + answer.out().strip());
      }
      return answer.json();
    } catch (IOException e) {
      throw new IllegalStateException("the gateway did not answer: " + e, e);
    }
  }
}
