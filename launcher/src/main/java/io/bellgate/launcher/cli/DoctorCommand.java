package io.bellgate.launcher.cli;

import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code bellgate doctor}: looks for what usually goes wrong, and says what to do next. */
final class DoctorCommand implements OwnCommand {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public String summary() {
    return "look for what usually goes wrong, and say what to do next";
  }

  @Override
  public String help() {
    return """
        Usage: bellgate doctor [--site SITE] [--data DIR] [--config DIR] [--json]

        Looks at Java, memory, disk and clock; with a site also at its configuration, features,
        ports and data folder; if the gateway runs, at the gateway. Exit code 1 if anything fails.

        Example:
          bellgate doctor --site alice
        """;
  }

  @Override
  public int run(Cli cli, List<String> line) throws Exception {
    Arguments arguments = Arguments.parse(line, Set.of("site", "data", "config"), Set.of("json"));
    MachineCheck machine = new MachineCheck(Clock.systemUTC());
    List<Finding> findings = new ArrayList<>(machine.check());
    boolean sited = arguments.has("site") || cli.environment().containsKey("BELLGATE_SITE");
    SiteCheck site = sited ? SiteCheck.of(cli, arguments) : null;
    if (site != null) {
      findings.addAll(site.check());
    }
    boolean failed = findings.stream().anyMatch(Finding::failed);
    if (arguments.has("json")) {
      JsonArrayBuilder list = Json.createArrayBuilder();
      findings.forEach(finding -> list.add(finding.json()));
      cli.out().print(JsonText.pretty(list.build()));
      return failed ? ExitCode.FAILED : ExitCode.OK;
    }
    findings.forEach(finding -> cli.out().println(finding.text()));
    if (site != null && site.running()) {
      cli.out().println("inside the gateway:");
      failed |= site.inside() != ExitCode.OK;
    } else if (site == null) {
      cli.out().println("add --site SITE to look at a site");
    }
    return failed ? ExitCode.FAILED : ExitCode.OK;
  }
}
