package io.bellgate.keys.pqc.inventory;

import io.bellgate.api.crypto.Algorithm;
import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.ops.Command;
import io.bellgate.keys.pqc.PoolFill;
import io.bellgate.keys.pqc.registry.TestedAlgorithms;
import io.bellgate.keys.pqc.vectors.Tally;
import io.bellgate.keys.pqc.vectors.VectorSets;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code crypto}: the algorithm registry as an operator sees it. */
@Component(service = Command.class, property = Command.NAME + "=crypto")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=crypto",
      "summary=\"list, test and measure algorithms, and write the inventory\"",
      "feature=keys-pqc"
    })
public final class CryptoCommand implements Command {
  private static final String HELP =
      """
      Usage: crypto list [--json]
             crypto test [--vectors FOLDER] [--json]
             crypto bench [NAME...] [--millis N] [--json]
             crypto cbom

      list    algorithms, their providers, self-tests, speed and status
      test    run every self-test again; with --vectors also published test vectors
      bench   operations in one second of processor time, N milliseconds for each (300), and the
              ratio to the first provider; the fastest is used from then on; pool-fill is a batch
              of 64 keys, both ends, beside its bare primitives
      cbom    the inventory, algorithms in use and what was negotiated, as CycloneDX 1.6 JSON

      Which algorithms may be used is configured in io.bellgate.keys.pqc.registry.

      Examples:
        bellgate crypto list --site alice
        bellgate crypto bench ML-KEM-768 X25519 --site alice
        bellgate crypto cbom --site alice > alice.cdx.json
      """;

  private static final long MILLIS = 300;
  private static final String POOL_FILL = "pool-fill";

  private final TestedAlgorithms registry;
  private final Clock clock;

  /** Made by Declarative Services. */
  @Activate
  public CryptoCommand(@Reference TestedAlgorithms registry) {
    this(registry, Clock.systemUTC());
  }

  CryptoCommand(TestedAlgorithms registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public int run(Call call) throws IOException {
    List<String> words = new ArrayList<>(call.arguments());
    boolean json = words.remove("--json");
    if (words.remove("--help") || words.remove("-h")) {
      call.out().print(HELP);
      return OK;
    }
    Optional<String> vectors = option(words, "--vectors");
    Optional<String> millis = option(words, "--millis");
    String verb = words.isEmpty() ? "list" : words.remove(0);
    boolean rest = verb.equals("bench") || words.isEmpty();
    boolean known = List.of("list", "test", "bench", "cbom").contains(verb);
    boolean fits =
        (vectors.isEmpty() || verb.equals("test")) && (millis.isEmpty() || verb.equals("bench"));
    if (!rest || !known || !fits) {
      call.err().print(HELP);
      return USAGE;
    }
    return switch (verb) {
      case "list" -> list(call.out(), json);
      case "test" -> test(call, vectors, json);
      case "bench" -> bench(call, words, millis, json);
      default -> cbom(call.out());
    };
  }

  /** Takes an option and its value out; an option without one stays, and is not understood. */
  private static Optional<String> option(List<String> words, String name) {
    int at = words.indexOf(name);
    if (at < 0 || at + 1 >= words.size()) {
      return Optional.empty();
    }
    words.remove(at);
    return Optional.of(words.remove(at));
  }

  private int list(PrintStream out, boolean json) {
    registry.testQuick();
    List<Algorithm> all = registry.algorithms();
    if (json) {
      out.println(array(all));
      return OK;
    }
    out.printf(
        "%-19s %-12s %-5s %-14s %-11s %10s  %s%n",
        "algorithm", "status", "level", "provider", "not after", "per s", "self-test");
    for (Algorithm a : all) {
      out.printf(
          "%-19s %-12s %-5d %-14s %-11s %10s  %s%n",
          a.name(),
          a.status(),
          a.nistLevel(),
          TestedAlgorithms.version(a.provider()),
          a.notAfter().map(Object::toString).orElse("-"),
          a.operationsPerSecond() == 0 ? "-" : String.format("%.0f", a.operationsPerSecond()),
          (a.test().passed() ? "passed: " : "") + a.test().detail());
    }
    return OK;
  }

  private static String array(List<Algorithm> all) {
    JsonArrayBuilder rows = Json.createArrayBuilder();
    for (Algorithm a : all) {
      rows.add(
          Json.createObjectBuilder()
              .add("algorithm", a.name())
              .add("codePoint", a.codePoint())
              .add("primitive", a.primitive().name())
              .add("status", a.status().name())
              .add("nistLevel", a.nistLevel())
              .add("provider", TestedAlgorithms.version(a.provider()))
              .add("passed", a.test().passed())
              .add("selfTest", a.test().detail())
              .add("operationsPerSecond", a.operationsPerSecond())
              .add("notAfter", a.notAfter().map(Object::toString).orElse("")));
    }
    return rows.build().toString();
  }

  private int test(Call call, Optional<String> vectors, boolean json) throws IOException {
    registry.testAll();
    List<Algorithm> all =
        registry.algorithms().stream().filter(a -> !a.provider().getName().equals("-")).toList();
    JsonArrayBuilder rows = Json.createArrayBuilder();
    boolean good = true;
    for (Algorithm a : all) {
      good &= a.test().passed();
      String provider = TestedAlgorithms.version(a.provider());
      rows.add(row("selfTest", a.name() + " " + provider, a.test().passed(), a.test().detail()));
      if (!json) {
        call.out()
            .printf(
                "%-6s %-19s %-14s %s%n",
                a.test().passed() ? "passed" : "FAILED", a.name(), provider, a.test().detail());
      }
    }
    if (vectors.isPresent()) {
      Path folder = Path.of(vectors.get());
      if (!Files.isDirectory(folder)) {
        call.err().println("there is no such folder where the gateway runs: folder=" + folder);
        return FAILED;
      }
      good &= vectors(call, folder, json, rows);
    }
    if (json) {
      call.out().println(rows.build());
    }
    return good ? OK : FAILED;
  }

  private boolean vectors(Call call, Path folder, boolean json, JsonArrayBuilder rows)
      throws IOException {
    PrintStream out = call.out();
    List<VectorSets.Result> sets = VectorSets.run(folder, registry);
    boolean good = sets.stream().anyMatch(set -> set.tally().isPresent());
    if (!good) {
      call.err().println("the folder has none of the known sets: folder=" + folder);
    }
    for (VectorSets.Result set : sets) {
      Tally tally = set.tally().orElse(null);
      if (tally == null) {
        rows.add(row("vectors", set.file(), true, "absent"));
        if (!json) {
          out.printf("absent %s%n", set.file());
        }
        continue;
      }
      boolean passed = tally.failures().isEmpty();
      good &= passed;
      String detail = "cases=" + tally.cases() + " failures=" + tally.failures();
      rows.add(row("vectors", set.file(), passed, detail));
      if (!json) {
        out.printf(
            "%-6s %-48s %5d cases %s%n",
            passed ? "passed" : "FAILED",
            set.file(),
            tally.cases(),
            passed ? "" : String.join("; ", tally.failures()));
      }
    }
    return good;
  }

  private static JsonObjectBuilder row(String kind, String name, boolean passed, String detail) {
    return Json.createObjectBuilder()
        .add("kind", kind)
        .add("name", name)
        .add("passed", passed)
        .add("detail", detail);
  }

  private int bench(Call call, List<String> words, Optional<String> millis, boolean json) {
    long each;
    try {
      each = millis.map(Long::parseLong).orElse(MILLIS);
    } catch (NumberFormatException none) {
      call.err().println("--millis is a number: value=" + millis.orElse(""));
      return USAGE;
    }
    List<String> known = new ArrayList<>(registry.names());
    known.add(POOL_FILL);
    if (!known.containsAll(words)) {
      call.err().println("names are those of crypto list, and pool-fill: known=" + known);
      return USAGE;
    }
    JsonArrayBuilder rows = Json.createArrayBuilder();
    for (String name : words.isEmpty() ? known : words) {
      if (name.equals(POOL_FILL)) {
        fill(call.out(), each, json, rows);
      } else {
        measure(call.out(), name, each, json, rows);
      }
    }
    if (json) {
      call.out().println(rows.build());
    }
    return OK;
  }

  private void measure(
      PrintStream out, String name, long millis, boolean json, JsonArrayBuilder rows) {
    Map<String, Double> first = Map.of();
    for (TestedAlgorithms.Measured measured : registry.measure(name, millis)) {
      first = first.isEmpty() ? measured.perSecond() : first;
      for (Map.Entry<String, Double> one : measured.perSecond().entrySet()) {
        double ratio = one.getValue() / first.get(one.getKey());
        row(out, json, rows, name, one.getKey(), measured.provider(), one.getValue(), ratio);
      }
    }
  }

  private void fill(PrintStream out, long millis, boolean json, JsonArrayBuilder rows) {
    try {
      Map<String, Double> measured = PoolFill.perCpuSecond(registry, millis);
      double first = measured.values().iterator().next();
      measured.forEach(
          (what, speed) -> row(out, json, rows, POOL_FILL, what, "-", speed, speed / first));
    } catch (GeneralSecurityException | NotAllowed refused) {
      out.println("pool-fill was not measured: " + refused.getMessage());
    }
  }

  private static void row(
      PrintStream out,
      boolean json,
      JsonArrayBuilder rows,
      String name,
      String operation,
      String provider,
      double speed,
      double ratio) {
    rows.add(
        Json.createObjectBuilder()
            .add("algorithm", name)
            .add("operation", operation)
            .add("provider", provider)
            .add("perCpuSecond", speed)
            .add("ratio", ratio));
    if (!json) {
      out.printf(
          "%-19s %-11s %-14s %12.1f per CPU second  x %.2f%n",
          name, operation, provider, speed, ratio);
    }
  }

  private int cbom(PrintStream out) {
    registry.testQuick();
    out.println(
        Cbom.of(
            UUID.randomUUID(), clock.instant(), registry.algorithms(), registry.negotiations()));
    return OK;
  }
}
