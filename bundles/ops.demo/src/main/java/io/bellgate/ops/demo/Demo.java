package io.bellgate.ops.demo;

import io.bellgate.api.ops.Command;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** One run of the demo. One thread; whatever it starts it ends. */
final class Demo {
  private static final Duration START_BOUND = Duration.ofSeconds(60);
  private static final long SETTLE_SECONDS = 60;
  private static final long SHOW_NANOS = 2_000_000_000L;
  private static final long GRACE_NANOS = 60_000_000_000L;

  private final Path program;
  private final Options options;
  private final Readings readings;
  private final Command.Call call;
  private final PrintStream screen;
  private final List<JsonObject> swaps = new ArrayList<>();
  private Eavesdropper eve;
  private int kills;
  private long begin;

  Demo(Path program, Options options, Readings readings, Command.Call call) {
    this.program = program;
    this.options = options;
    this.readings = readings;
    this.call = call;
    this.screen = options.json() ? call.err() : call.out();
  }

  int run() throws IOException, InterruptedException {
    begin = System.nanoTime();
    Sandbox sandbox =
        Sandbox.make(program, new Sandbox.Plan(readings.classes(), List.of(), false, true, false));
    boolean kept = false;
    try (Keyboard keyboard = new Keyboard(call.in())) {
      say("readings: %s, classes %s", readings.name(), readings.classes());
      say(
          "alice: CoAP 127.0.0.1:%d/udp, peer link 127.0.0.1:%d/tcp; folder %s",
          sandbox.coapPort(), sandbox.peerPort(), sandbox.folder());
      say("LAB MODE: the quantum link is SIMULATED, 25 km of fibre in a third process, optics");
      if (keyboard.terminal()) {
        say("keys: s swap, e Eve on or off, k kill and restart a gateway, q quit");
      }
      if (!sandbox.start(START_BOUND)) {
        say("the gateways did not become ready");
        explain(sandbox);
        return Command.FAILED;
      }
      say("both gateways are ready and trust each other's identity files");
      if (!sandbox.pair()) {
        say("the two sites could not be paired for their quantum link");
        explain(sandbox);
        return Command.FAILED;
      }
      say("paired: a bootstrap secret was carried from alice to bob and destroyed");
      Summary summary = traffic(sandbox, keyboard);
      if (options.json()) {
        call.out().println(summary.json());
      } else {
        summary.print(call.out());
      }
      if (!summary.failures().isEmpty()) {
        explain(sandbox);
      }
      kept = options.keep();
      return summary.failures().isEmpty() ? Command.OK : Command.FAILED;
    } finally {
      end(sandbox, kept);
    }
  }

  private void say(String format, Object... values) {
    screen.printf(
        "%5.1f s  %s%n", (System.nanoTime() - begin) / 1e9, String.format(format, values));
    screen.flush();
  }

  private Summary traffic(Sandbox sandbox, Keyboard keyboard)
      throws IOException, InterruptedException {
    eve = new Eavesdropper(sandbox, this::say);
    try (Fleet fleet = new Fleet(readings, options.nodes(), sandbox.coapPort())) {
      long start = System.nanoTime();
      long length = options.seconds() * 1_000_000_000L;
      List<String> toSwap =
          new ArrayList<>(
              options.swap() ? List.of("policy.rules", "coap.node", "qkd.bb84") : List.of());
      // swaps in the first half, Eve in the second, and time to come back
      int steps = 2 * (toSwap.size() + 1);
      int done = toSwap.size();
      long shown = 0;
      boolean quit = false;
      for (long elapsed = 0;
          !quit && goesOn(elapsed, length);
          elapsed = System.nanoTime() - start) {
        fleet.send(elapsed, options.rate());
        if (!toSwap.isEmpty() && elapsed > length / steps * (done + 1 - toSwap.size())) {
          swap(sandbox, toSwap.remove(0), fleet, start);
        }
        if (options.eve() && elapsed > length / 2) {
          eve.appear();
        }
        if (elapsed - shown > SHOW_NANOS) {
          shown = elapsed;
          show(sandbox, fleet);
        }
        switch (keyboard.pressed()) {
          case 'q' -> quit = true;
          case 'k' -> kill(sandbox);
          case 'e' -> eve.toggle();
          case 's' -> {
            if (!toSwap.isEmpty()) {
              swap(sandbox, toSwap.remove(0), fleet, start);
            }
          }
          default -> {}
        }
        Thread.sleep(5);
      }
      eve.leave();
      return settle(sandbox, fleet);
    }
  }

  /** Until the time is over, and Eve has been seen, felt and forgotten; within a bound. */
  private boolean goesOn(long elapsed, long length) {
    return elapsed < length || options.eve() && !eve.over() && elapsed < length + GRACE_NANOS;
  }

  private void kill(Sandbox sandbox) throws IOException {
    Site victim = kills++ % 2 == 0 ? sandbox.bob() : sandbox.alice();
    say("killing %s (SIGKILL); its supervisor starts it again", victim.name());
    victim.kill();
  }

  /** Swaps on a thread of its own, so that the nodes go on meanwhile. */
  private void swap(Sandbox sandbox, String bundle, Fleet fleet, long start)
      throws IOException, InterruptedException {
    Path jar = Jars.variant(program, bundle);
    say("swapping %s of alice for the DEMO VARIANT %s", bundle, jar.getFileName());
    Control.Answer[] answer = new Control.Answer[1];
    Thread swapper =
        new Thread(
            () -> {
              try {
                answer[0] = sandbox.alice().control().run("swap", jar.toString(), "--json");
              } catch (IOException e) {
                answer[0] = new Control.Answer(Command.UNREACHABLE, "", e.toString());
              }
            },
            "demo-swap");
    swapper.start();
    while (swapper.isAlive()) {
      fleet.send(System.nanoTime() - start, options.rate());
      Thread.sleep(5);
    }
    JsonObject report = answer[0].json();
    swaps.add(report);
    if (report.containsKey("before")) {
      say(
          "swapped %s: %s -> %s, gap %s ms",
          bundle, report.getString("before"), report.getString("after"), report.get("gapMillis"));
    } else {
      say(
          "the swap failed: exit code %d %s %s",
          answer[0].code(), answer[0].out().strip(), answer[0].err().strip());
    }
  }

  private void show(Sandbox sandbox, Fleet fleet) {
    try {
      JsonObject alice = sandbox.alice().status();
      JsonObject bob = sandbox.bob().status();
      say(
          "nodes: sent %d, accepted %d, open %d",
          fleet.sent(), fleet.accepted().size(), fleet.open());
      say("  delivered by class/protection: %s", counts(bob, "delivered/"));
      say("  keys of alice: %s", pool(alice));
      say("  quantum link (SIMULATED): %s", eve.look(alice));
      say("  last decision: %s", lastDecision(alice));
    } catch (IOException e) {
      say(
          "nodes: sent %d, accepted %d, open %d; a gateway is not there: %s",
          fleet.sent(), fleet.accepted().size(), fleet.open(), e.getMessage());
    }
  }

  private static String counts(JsonObject status, String prefix) {
    JsonObject counts =
        status.containsKey("router")
            ? status.getJsonObject("router").getJsonObject("counts")
            : null;
    if (counts == null) {
      return "none";
    }
    List<String> lines = new ArrayList<>();
    counts.forEach(
        (name, n) -> {
          if (name.startsWith(prefix)) {
            lines.add(name.substring(prefix.length()) + " " + n);
          }
        });
    return String.join(", ", lines);
  }

  /** Keys of 256 bits by origin. */
  private static String pool(JsonObject status) {
    if (!status.containsKey("keys") || !status.getJsonObject("keys").containsKey("stocks")) {
      return "none";
    }
    List<String> stocks = new ArrayList<>();
    for (JsonObject stock :
        status.getJsonObject("keys").getJsonArray("stocks").getValuesAs(JsonObject.class)) {
      stocks.add(
          stock.getString("origin")
              + " with "
              + stock.getString("peer")
              + " "
              + stock.getInt("ownOctets") / 32
              + " own, "
              + stock.getInt("peersOctets") / 32
              + " the peer's"
              + (stock.getString("origin").startsWith("PRESHARED")
                  ? " for tags"
                  : ", " + stock.getString("state")));
    }
    return String.join("; ", stocks);
  }

  private static String lastDecision(JsonObject status) {
    if (!status.containsKey("router")) {
      return "none";
    }
    List<JsonString> last =
        status.getJsonObject("router").getJsonArray("lastDecisions").getValuesAs(JsonString.class);
    return last.isEmpty() ? "none" : last.get(last.size() - 1).getString();
  }

  /**
   * Waits until every reading is answered and everything accepted is in bob's file, or the bound is
   * over.
   */
  private Summary settle(Sandbox sandbox, Fleet fleet) throws IOException, InterruptedException {
    Path folder = sandbox.bob().data().resolve("north");
    long until = System.nanoTime() + SETTLE_SECONDS * 1_000_000_000L;
    Delivered delivered = Delivered.read(folder);
    while (System.nanoTime() < until
        && (fleet.open() > 0 || !delivered.identities().containsAll(fleet.accepted()))) {
      Thread.sleep(100);
      delivered = Delivered.read(folder);
    }
    double first =
        fleet.firstAcceptedNanos() == 0 ? -1 : (fleet.firstAcceptedNanos() - begin) / 1e9;
    say("one message: %s", delivered.last());
    return Summary.of(
        fleet,
        delivered,
        new HashSet<>(readings.classes().values()),
        swaps,
        options.eve() ? Optional.of(eve.evidence()) : Optional.empty(),
        first,
        kills);
  }

  /** What a person would look at first. */
  private void explain(Sandbox sandbox) {
    for (Site site : List.of(sandbox.alice(), sandbox.bob())) {
      try {
        Control.Answer doctor = site.control().run("doctor");
        say("doctor of %s: %s", site.name(), doctor.out().strip());
      } catch (IOException e) {
        say(
            "%s cannot be reached: %s; its console: %s",
            site.name(), e.getMessage(), site.data().resolve("console.log"));
      }
    }
  }

  private void end(Sandbox sandbox, boolean kept) throws IOException {
    if (kept) {
      String where = " --data " + sandbox.alice().data();
      screen.println("left running; try:");
      screen.println("  bellgate status --site alice" + where);
      screen.println("  bellgate shell scr:list --site alice" + where);
      screen.println("  bellgate link blocks --site alice" + where);
      screen.println("end them with: pkill -f " + sandbox.folder().getFileName());
      return;
    }
    sandbox.end();
  }
}
