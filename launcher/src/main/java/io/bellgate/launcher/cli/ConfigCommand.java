package io.bellgate.launcher.cli;

import io.bellgate.launcher.config.Effective;
import io.bellgate.launcher.config.Layer;
import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.generation.Generation;
import io.bellgate.launcher.generation.GenerationFolder;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code bellgate config}: what a site's files say, and from where each value is. */
final class ConfigCommand implements OwnCommand {
  @Override
  public String name() {
    return "config";
  }

  @Override
  public String summary() {
    return "check, show or compare the configuration of a site";
  }

  @Override
  public String help() {
    return """
        Usage: bellgate config check --site SITE [--json]
               bellgate config show [--effective] --site SITE [--json]
               bellgate config diff --site SITE [--data DIR] [--json]

        Options: --config DIR, --lab, -Dname=value as for bellgate run

          check   file, line, rule, value and what to do for everything that is wrong
          show    every value with the layer it comes from: feature, site, overlay, command line;
                  --effective prints just what holds
          diff    what overlay.json changes, and what a restart would change in the gateway

        Example:
          bellgate config check --site alice
        """;
  }

  @Override
  public int run(Cli cli, List<String> line) throws IOException {
    Arguments arguments =
        Arguments.parse(line, Set.of("site", "config", "data"), Set.of("json", "effective", "lab"));
    String verb = arguments.words().size() == 1 ? arguments.words().get(0) : "";
    return switch (verb) {
      case "check" -> check(cli, arguments);
      case "show" -> show(cli, arguments);
      case "diff" -> diff(cli, arguments);
      default ->
          throw Refusal.usage(
              "config needs one verb: verb=" + arguments.words(), "use check, show or diff");
    };
  }

  private static int check(Cli cli, Arguments arguments) {
    List<Finding> findings = findings(cli, arguments);
    boolean failed = findings.stream().anyMatch(Finding::failed);
    if (arguments.has("json")) {
      JsonArrayBuilder list = Json.createArrayBuilder();
      findings.forEach(finding -> list.add(finding.json()));
      cli.out().print(JsonText.pretty(list.build()));
    } else {
      findings.forEach(finding -> cli.out().println(finding.text()));
      cli.out()
          .println((failed ? "FAILED " : "ok     ") + "configuration of " + arguments.site(cli));
    }
    return failed ? ExitCode.FAILED : ExitCode.OK;
  }

  private static List<Finding> findings(Cli cli, Arguments arguments) {
    try {
      return SiteInputs.load(cli, arguments).findings();
    } catch (Refusal e) {
      if (e.exitCode() == ExitCode.USAGE) {
        throw e;
      }
      return e.findings();
    }
  }

  private static int show(Cli cli, Arguments arguments) {
    Effective effective = SiteInputs.load(cli, arguments).effective();
    boolean plain = arguments.has("effective");
    if (arguments.has("json")) {
      cli.out().print(JsonText.pretty(json(effective, plain)));
      return ExitCode.OK;
    }
    effective
        .sections()
        .forEach(
            (section, values) -> {
              cli.out().println(section);
              values.forEach(
                  (name, value) -> {
                    String from =
                        plain ? "" : "   [" + value.layer().name() + position(value, section) + "]";
                    cli.out().println("  " + value.name() + " = " + value.value() + from);
                  });
            });
    return ExitCode.OK;
  }

  private static String position(Effective.Value value, String section) {
    if (value.layer().document().isEmpty()) {
      return "";
    }
    String where = value.layer().where(section, value.name()).split(" ", 2)[0];
    return " " + where.substring(where.lastIndexOf('/') + 1);
  }

  private static JsonObject json(Effective effective, boolean plain) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    effective
        .sections()
        .forEach(
            (section, values) -> {
              JsonObjectBuilder inner = Json.createObjectBuilder();
              values.forEach(
                  (name, value) -> {
                    JsonObject marked =
                        Json.createObjectBuilder()
                            .add("value", value.value())
                            .add("layer", value.layer().name())
                            .build();
                    inner.add(value.name(), plain ? value.value() : marked);
                  });
              out.add(section, inner);
            });
    return out.build();
  }

  private static int diff(Cli cli, Arguments arguments) throws IOException {
    SiteInputs inputs = SiteInputs.load(cli, arguments);
    List<Layer> shipped =
        inputs.layers().stream().filter(layer -> !layer.name().equals("overlay")).toList();
    SortedMap<String, String> overlay =
        changes(flat(Effective.of(shipped)), flat(inputs.effective()));
    Optional<Generation> running = generation(cli, arguments);
    SortedMap<String, String> restart =
        running.isEmpty()
            ? new TreeMap<>()
            : changes(flat(running.get()), flat(inputs.effective()));
    restart.keySet().removeIf(key -> key.startsWith("logging/"));
    if (arguments.has("json")) {
      JsonObjectBuilder out =
          Json.createObjectBuilder()
              .add("overlay", JsonText.object(overlay))
              .add("restart", JsonText.object(restart));
      cli.out().print(JsonText.pretty(out.build()));
      return ExitCode.OK;
    }
    print(cli, "overlay.json changes", overlay);
    if (running.isPresent()) {
      print(cli, "a restart would change in generation " + running.get().number(), restart);
    }
    return ExitCode.OK;
  }

  private static void print(Cli cli, String title, SortedMap<String, String> changes) {
    cli.out().println(title + (changes.isEmpty() ? ": nothing" : ":"));
    changes.forEach((name, change) -> cli.out().println("  " + name + ": " + change));
  }

  private static Optional<Generation> generation(Cli cli, Arguments arguments) throws IOException {
    DataFolder data = new DataFolder(cli.data(arguments, arguments.site(cli)));
    if (!Files.isDirectory(data.generations())) {
      return Optional.empty();
    }
    GenerationFolder folder = new GenerationFolder(data);
    OptionalInt current = folder.current();
    return current.isEmpty() ? Optional.empty() : folder.read(current.getAsInt());
  }

  private static SortedMap<String, JsonValue> flat(Effective effective) {
    SortedMap<String, JsonValue> out = new TreeMap<>();
    effective
        .sections()
        .forEach(
            (section, values) ->
                values.forEach((name, value) -> out.put(section + "/" + name, value.value())));
    return out;
  }

  private static SortedMap<String, JsonValue> flat(Generation generation) {
    SortedMap<String, JsonValue> out = new TreeMap<>();
    generation
        .configuration()
        .forEach((pid, properties) -> add(out, "configuration/" + pid, properties));
    generation.sockets().forEach((name, socket) -> add(out, "sockets/" + name, socket));
    add(out, "framework", JsonText.object(generation.framework()));
    return out;
  }

  private static void add(Map<String, JsonValue> out, String section, JsonObject properties) {
    properties.forEach((name, value) -> out.put(section + "/" + Effective.bare(name), value));
  }

  private static SortedMap<String, String> changes(
      SortedMap<String, JsonValue> from, SortedMap<String, JsonValue> to) {
    SortedMap<String, String> out = new TreeMap<>();
    from.forEach(
        (name, value) -> {
          if (!to.containsKey(name)) {
            out.put(name, value + " -> (none)");
          } else if (!to.get(name).equals(value)) {
            out.put(name, value + " -> " + to.get(name));
          }
        });
    to.forEach(
        (name, value) -> {
          if (!from.containsKey(name)) {
            out.put(name, "(none) -> " + value);
          }
        });
    return out;
  }
}
