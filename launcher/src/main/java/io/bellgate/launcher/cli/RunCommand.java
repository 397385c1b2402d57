package io.bellgate.launcher.cli;

import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.generation.Chooser;
import io.bellgate.launcher.generation.Generation;
import io.bellgate.launcher.generation.GenerationFolder;
import io.bellgate.launcher.generation.JarStore;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.runtime.Gateway;
import io.bellgate.launcher.runtime.Logging;
import io.bellgate.launcher.runtime.RunFolder;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/** {@code bellgate run}: one gateway in the foreground. */
final class RunCommand implements OwnCommand {
  @Override
  public String name() {
    return "run";
  }

  @Override
  public String summary() {
    return "run the gateway of a site in the foreground, supervised";
  }

  @Override
  public String help() {
    return """
        Usage: bellgate run --site SITE [--data DIR] [--config DIR] [--lab] [--no-supervise]
                            [-Dname=value ...]

        Runs until Ctrl-C or SIGTERM. A gateway that crashes is started again.

          --site SITE      which site (or set BELLGATE_SITE)
          --data DIR       data folder (default: $BELLGATE_DATA/SITE, else data/SITE)
          --config DIR     folder of all sites (default: $BELLGATE_CONFIG, else config)
          --lab            add the feature lab: simulated parts are allowed
          --no-supervise   end when the gateway ends
          -Dname=value     framework property

        BELLGATE_JAVA_OPTS replaces the default JVM options.

        Examples:
          bellgate run --site alice
          bellgate run --site alice --data /var/lib/bellgate/alice --no-supervise
        """;
  }

  @Override
  public int run(Cli cli, List<String> line) throws Exception {
    Arguments arguments =
        Arguments.parse(line, Set.of("site", "data", "config"), Set.of("lab", "no-supervise"));
    SiteInputs inputs = SiteInputs.load(cli, arguments).requireValid(cli);
    DataFolder data = new DataFolder(cli.data(arguments, inputs.site().name())).create();
    RunFolder run = RunFolder.take(data);
    try {
      Logging.toFiles(data.log(), inputs.logging());
      GenerationFolder generations = new GenerationFolder(data);
      JarStore jars = new JarStore(cli.program(), data);
      Generation generation =
          new Chooser(generations, jars, Clock.systemUTC()).choose(inputs.inputs());
      Gateway.Place place =
          new Gateway.Place(
              inputs.site().name(), cli.program(), data, inputs.variables(cli, data.root()), run);
      new Gateway(place, generation, generations, jars, cli.out()).run();
      return ExitCode.OK;
    } catch (Exception e) {
      run.close();
      throw e;
    }
  }
}
