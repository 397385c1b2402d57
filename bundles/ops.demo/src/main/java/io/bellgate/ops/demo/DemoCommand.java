package io.bellgate.ops.demo;

import io.bellgate.api.ops.Command;
import java.io.IOException;
import java.nio.file.Path;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The command {@code demo}: two gateways, nodes, and swaps under traffic. */
@Component(property = Command.NAME + "=demo")
@Capability(
    namespace = "io.bellgate.command",
    attribute = {
      "command=demo",
      "summary=\"Watch two gateways at work, and swap bundles while they are\"",
      "feature=demo",
      "local=true"
    })
public final class DemoCommand implements Command {
  private final Path program;
  private final Cancellable run = new Cancellable();

  /**
   * Takes the program folder.
   *
   * @param context for {@code bellgate.home}
   */
  @Activate
  public DemoCommand(BundleContext context) {
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
      call.out().print(Options.HELP);
      return OK;
    }
    try {
      Options options = Options.parse(call.arguments());
      Readings readings = Readings.read(options);
      return run.run(() -> new Demo(program, options, readings, call).run());
    } catch (IllegalArgumentException e) {
      call.err().println(e.getMessage());
      call.err().println("see: bellgate demo --help");
      return USAGE;
    }
  }
}
