package io.bellgate.ops.demo.bench;

import io.bellgate.api.ops.Command;
import io.bellgate.ops.demo.Cancellable;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The command {@code bench}: measures gateways of its own on this machine. */
@Component(property = Command.NAME + "=bench")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=bench",
      "summary=\"Measure start-up, throughput, swaps and disk of gateways on this machine\"",
      "feature=demo",
      "local=true"
    })
public final class BenchCommand implements Command {
  private final Path program;
  private final Cancellable run = new Cancellable();

  /**
   * Takes the program folder.
   *
   * @param context for {@code bellgate.home}
   */
  @Activate
  public BenchCommand(BundleContext context) {
    program = Path.of(context.getProperty("bellgate.home"));
  }

  /** An operator's Ctrl-C stops this bundle: what was started is ended first. */
  @Deactivate
  void stop() throws InterruptedException {
    run.cancel();
  }

  @Override
  public int run(Call call) throws IOException, InterruptedException {
    if (call.arguments().contains("--help")) {
      call.out().print(BenchOptions.HELP);
      return OK;
    }
    try {
      BenchOptions options = BenchOptions.parse(call.arguments());
      return run.run(() -> measure(new Bench(program, options, call.err()), options, call));
    } catch (IllegalArgumentException e) {
      call.err().println(e.getMessage());
      call.err().println("see: bellgate bench --help");
      return USAGE;
    }
  }

  private static int measure(Bench bench, BenchOptions options, Call call)
      throws IOException, InterruptedException {
    List<Table> tables = new ArrayList<>();
    for (String what : options.what()) {
      List<Table> measured =
          switch (what) {
            case "startup" -> new StartupBench(bench).run();
            case "throughput" -> new ThroughputBench(bench).run();
            case "link" -> new LinkBench(bench).run();
            case "swap" -> new SwapBench(bench).run();
            default -> new DiskBench(bench).run();
          };
      if (!options.json()) {
        measured.forEach(table -> table.print(call.out()));
      }
      tables.addAll(measured);
    }
    if (options.json()) {
      JsonArrayBuilder results = Json.createArrayBuilder();
      tables.forEach(table -> results.add(table.json()));
      call.out()
          .println(
              Json.createObjectBuilder()
                  .add("machine", Bench.machine())
                  .add("tables", results)
                  .add("failures", Json.createArrayBuilder(bench.failures()))
                  .build());
    } else {
      call.out().println();
      call.out().println("machine: " + Bench.machine());
    }
    bench.failures().forEach(failure -> call.err().println("FAILED: " + failure));
    return bench.failures().isEmpty() ? OK : FAILED;
  }
}
