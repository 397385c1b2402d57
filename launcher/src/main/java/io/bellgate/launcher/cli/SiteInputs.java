package io.bellgate.launcher.cli;

import io.bellgate.launcher.config.ConfigurationCheck;
import io.bellgate.launcher.config.Effective;
import io.bellgate.launcher.config.Layer;
import io.bellgate.launcher.config.Site;
import io.bellgate.launcher.config.Variables;
import io.bellgate.launcher.feature.Composer;
import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.feature.FeatureFolder;
import io.bellgate.launcher.generation.Inputs;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All that a site's files say: features composed, layers merged and checked.
 *
 * @param site its files
 * @param composition its features
 * @param layers feature, site, overlay and command line
 * @param effective the merged layers
 * @param findings what is wrong with them
 */
record SiteInputs(
    Site site,
    Composition composition,
    List<Layer> layers,
    Effective effective,
    List<Finding> findings) {

  static SiteInputs load(Cli cli, Arguments arguments) {
    return load(cli, cli.config(arguments), arguments.site(cli), arguments);
  }

  /**
   * Loads a site. {@code --lab} adds the feature {@code lab}; {@code -D} sets framework properties.
   *
   * @throws Refusal if files or features cannot be read; findings about values do not throw
   */
  static SiteInputs load(Cli cli, Path config, String name, Arguments arguments) {
    Site site = Site.read(config, name);
    List<String> features = new ArrayList<>(site.features());
    if (arguments.has("lab") && !features.contains("lab")) {
      features.add("lab");
    }
    FeatureFolder folder = new FeatureFolder(cli.featureFolders(config));
    Composition composition = new Composer(folder, cli.repositories(config)).compose(features);
    List<Layer> layers = new ArrayList<>();
    layers.add(
        Layer.of(
            "feature", composition.configurations(), JsonText.object(composition.framework())));
    layers.addAll(site.layers());
    JsonObject properties = JsonText.object(arguments.properties());
    if (!properties.isEmpty()) {
      layers.add(Layer.of("command line", Map.of(), properties));
    }
    ConfigurationCheck check = new ConfigurationCheck(composition.jars());
    List<Finding> findings = new ArrayList<>();
    layers.forEach(layer -> findings.addAll(check.check(layer)));
    Effective effective = Effective.of(layers);
    findings.addAll(sockets(effective, site));
    findings.addAll(check.missing(effective));
    return new SiteInputs(site, composition, layers, effective, findings);
  }

  private static List<Finding> sockets(Effective effective, Site site) {
    List<Finding> out = new ArrayList<>();
    effective
        .sockets()
        .forEach(
            (name, socket) -> {
              if (!socket.containsKey("type") || !socket.containsKey("port")) {
                out.add(
                    Finding.fail(
                        "BG-CONFIG-006",
                        site.site().where("/sockets/" + name),
                        "a socket has a type and a port: socket=" + name,
                        "write \"type\": \"udp\" or \"tcp\", and \"port\": 0 for any free one"));
              }
            });
    return out;
  }

  /** Refuses if a finding is an error; prints the others. */
  SiteInputs requireValid(Cli cli) {
    List<Finding> errors = findings.stream().filter(Finding::failed).toList();
    if (!errors.isEmpty()) {
      throw new Refusal(ExitCode.REFUSED, errors);
    }
    findings.forEach(finding -> cli.err().println(finding.text()));
    return this;
  }

  Inputs inputs() {
    return new Inputs(
        composition,
        effective.configurations(),
        JsonText.strings(effective.section("framework")),
        effective.sockets());
  }

  JsonObject logging() {
    return effective.sections().containsKey("logging")
        ? effective.section("logging")
        : JsonValue.EMPTY_JSON_OBJECT;
  }

  Variables variables(Cli cli, Path data) {
    return Variables.of(site.name(), data, cli.program().home(), site.folder());
  }
}
