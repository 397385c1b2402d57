package io.bellgate.launcher.cli;

import io.bellgate.launcher.folder.Program;
import io.bellgate.launcher.report.ExitCode;
import jakarta.json.Json;
import java.util.List;
import java.util.Set;

/** {@code bellgate version}. */
final class VersionCommand implements OwnCommand {
  @Override
  public String name() {
    return "version";
  }

  @Override
  public String summary() {
    return "print the version";
  }

  @Override
  public String help() {
    return "Usage: bellgate version [--json]\n";
  }

  @Override
  public int run(Cli cli, List<String> line) {
    Arguments arguments = Arguments.parse(line, Set.of(), Set.of("json"));
    String java = System.getProperty("java.version");
    cli.out()
        .println(
            arguments.has("json")
                ? Json.createObjectBuilder()
                    .add("version", Program.version())
                    .add("built", Program.built())
                    .add("java", java)
                    .add("home", cli.program().home().toString())
                    .build()
                : "bellgate "
                    + Program.version()
                    + ", built "
                    + Program.built()
                    + ", Java "
                    + java);
    return ExitCode.OK;
  }
}
