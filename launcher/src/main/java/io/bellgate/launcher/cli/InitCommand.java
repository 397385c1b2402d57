package io.bellgate.launcher.cli;

import io.bellgate.launcher.config.Site;
import io.bellgate.launcher.config.SiteTemplate;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code bellgate init}: a commented configuration to start from. */
final class InitCommand implements OwnCommand {
  @Override
  public String name() {
    return "init";
  }

  @Override
  public String summary() {
    return "write a commented configuration for a new site";
  }

  @Override
  public String help() {
    return """
        Usage: bellgate init SITE [--dir DIR]

        Writes DIR/SITE/site.json, with a comment for everything that can be set.
        Never overwrites. DIR is the folder of all sites (default: $BELLGATE_CONFIG, else config).

        Example:
          bellgate init plant-7 --dir ./sites
        """;
  }

  @Override
  public int run(Cli cli, List<String> line) throws IOException {
    Arguments arguments = Arguments.parse(line, Set.of("dir"), Set.of());
    if (arguments.words().size() != 1) {
      throw Refusal.usage("init needs the name of one site", "bellgate init SITE");
    }
    String site = arguments.words().get(0);
    Site.requireName(site);
    Path config = cli.config(arguments);
    Path folder = arguments.has("dir") ? Path.of(arguments.value("dir", "")) : config;
    Path file = folder.resolve(site).resolve("site.json");
    if (Files.exists(file)) {
      throw Refusal.refused(
          "BG-CONFIG-012",
          file.toString(),
          "an existing configuration is not overwritten",
          "edit it, put changes into overlay.json beside it, or choose another name");
    }
    Files.createDirectories(file.getParent());
    Files.writeString(file, SiteTemplate.of(site));
    cli.out().println("wrote " + file);
    cli.out().println("next: edit it, then");
    String where = arguments.has("dir") ? " --config " + folder : "";
    cli.out().println("  bellgate config check --site " + site + where);
    cli.out().println("  bellgate run --site " + site + where);
    return ExitCode.OK;
  }
}
