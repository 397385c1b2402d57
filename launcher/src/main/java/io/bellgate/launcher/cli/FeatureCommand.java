package io.bellgate.launcher.cli;

import io.bellgate.launcher.check.FeatureCheck;
import io.bellgate.launcher.feature.Composer;
import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.feature.CompositionJson;
import io.bellgate.launcher.feature.FeatureFile;
import io.bellgate.launcher.feature.FeatureFolder;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code bellgate feature}: what is in a gateway, and whether it would work. */
final class FeatureCommand implements OwnCommand {
  @Override
  public String name() {
    return "feature";
  }

  @Override
  public String summary() {
    return "list, show, check and compose feature files";
  }

  @Override
  public String help() {
    return """
        Usage: bellgate feature list
               bellgate feature show NAME|FILE.json
               bellgate feature check [NAME|FILE.json ...]     each alone; all if none is named
               bellgate feature compose NAME|FILE.json ... [--out FILE]

        Options: --json, --config DIR (its folders features/ and system/ come before the program's)

        check tells before a start, with names, which bundles do not resolve and why, which needed
        services no bundle provides, and which components still need configuration.
        compose merges features and all they require into one; the rules stand in docs/features.md.

        Examples:
          bellgate feature check gateway-pqc
          bellgate feature compose base policy router my-sink.json --out mine.json
        """;
  }

  @Override
  public int run(Cli cli, List<String> line) throws IOException {
    Arguments arguments = Arguments.parse(line, Set.of("config", "out"), Set.of("json"));
    List<String> words = arguments.words();
    if (words.isEmpty()) {
      throw Refusal.usage("feature needs a verb", "bellgate feature list|show|check|compose");
    }
    List<String> names = words.subList(1, words.size());
    Path config = cli.config(arguments);
    FeatureFolder folder = new FeatureFolder(cli.featureFolders(config));
    Composer composer = new Composer(folder, cli.repositories(config));
    return switch (words.get(0)) {
      case "list" -> list(cli, folder, arguments.has("json"));
      case "show" -> show(cli, folder, names, arguments.has("json"));
      case "check" ->
          check(cli, composer, names.isEmpty() ? folder.names() : names, arguments.has("json"));
      case "compose" -> compose(cli, composer, names, arguments.value("out", ""));
      default ->
          throw Refusal.usage(
              "feature has no such verb: verb=" + words.get(0), "use list, show, check or compose");
    };
  }

  private static int list(Cli cli, FeatureFolder folder, boolean json) {
    JsonArrayBuilder all = Json.createArrayBuilder();
    for (String name : folder.names()) {
      FeatureFile feature = folder.get(name);
      all.add(
          Json.createObjectBuilder()
              .add("name", name)
              .add("id", feature.id().toString())
              .add("description", feature.description())
              .add("requires", JsonText.array(feature.requires())));
      if (!json) {
        cli.out().printf("%-14s %s%n", name, feature.description());
      }
    }
    if (json) {
      cli.out().print(JsonText.pretty(all.build()));
    }
    return ExitCode.OK;
  }

  private static int show(Cli cli, FeatureFolder folder, List<String> names, boolean json) {
    requireSome(names);
    for (FeatureFile feature : names.stream().map(folder::get).toList()) {
      if (json) {
        cli.out().print(JsonText.pretty(feature.document().root()));
        continue;
      }
      cli.out().println(feature.name() + ": " + feature.description());
      cli.out().println("  file      " + feature.document().name());
      cli.out().println("  id        " + feature.id());
      cli.out().println("  requires  " + String.join(", ", feature.requires()));
      feature
          .bundles()
          .forEach(e -> cli.out().printf("  bundle    %3d %s%n", e.startOrder(), e.id()));
      feature
          .configurations()
          .forEach((pid, p) -> cli.out().println("  pid       " + pid + " " + p));
      feature.framework().forEach((n, v) -> cli.out().println("  framework " + n + "=" + v));
    }
    return ExitCode.OK;
  }

  private static int check(Cli cli, Composer composer, List<String> names, boolean json) {
    JsonObjectBuilder all = Json.createObjectBuilder();
    boolean failed = false;
    for (String name : names) {
      List<Finding> findings = findings(composer, name);
      failed |= findings.stream().anyMatch(Finding::failed);
      JsonArrayBuilder list = Json.createArrayBuilder();
      findings.forEach(finding -> list.add(finding.json()));
      all.add(name, list);
      if (!json) {
        findings.forEach(finding -> cli.out().println(finding.text()));
        cli.out()
            .println((findings.stream().anyMatch(Finding::failed) ? "FAILED " : "ok     ") + name);
      }
    }
    if (json) {
      cli.out().print(JsonText.pretty(all.build()));
    }
    return failed ? ExitCode.FAILED : ExitCode.OK;
  }

  private static List<Finding> findings(Composer composer, String name) {
    try {
      return FeatureCheck.check(composer.compose(List.of(name)));
    } catch (Refusal e) {
      return e.findings();
    }
  }

  private static int compose(Cli cli, Composer composer, List<String> names, String out)
      throws IOException {
    requireSome(names);
    Composition composition = composer.compose(names);
    String text = JsonText.pretty(CompositionJson.of(composition));
    if (out.isEmpty()) {
      cli.out().print(text);
      return ExitCode.OK;
    }
    if (Files.exists(Path.of(out))) {
      throw Refusal.refused(
          "BG-FEATURE-008", out, "an existing file is not overwritten", "name another file");
    }
    Files.writeString(Path.of(out), text);
    cli.out().println("wrote " + out + ": " + composition.bundles().size() + " bundles");
    return ExitCode.OK;
  }

  private static void requireSome(List<String> names) {
    if (names.isEmpty()) {
      throw Refusal.usage("which feature?", "bellgate feature list");
    }
  }
}
