package io.bellgate.launcher.config;

import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.JsonArray;
import jakarta.json.JsonString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The configuration files of one site, with a checked structure.
 *
 * @param name of the site
 * @param folder {@code config/SITE}
 * @param site {@code site.json}
 * @param overlay {@code overlay.json}, an operator's edits, which win
 */
public record Site(String name, Path folder, JsonDocument site, Optional<JsonDocument> overlay) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  /**
   * Reads the files of a site.
   *
   * @param config folder of all sites
   * @throws Refusal with everything that is wrong with their structure
   */
  public static Site read(Path config, String name) {
    requireName(name);
    Path folder = config.resolve(name).toAbsolutePath().normalize();
    if (!Files.isRegularFile(folder.resolve("site.json"))) {
      throw Refusal.failed(
          "BG-CONFIG-010",
          folder.toString(),
          "there is no configuration of this site: site=" + name,
          "bellgate init " + name + " --dir " + config + ", or name another folder with --config");
    }
    JsonDocument site = JsonDocument.read(folder.resolve("site.json"));
    Path overlayFile = folder.resolve("overlay.json");
    Optional<JsonDocument> overlay =
        Files.exists(overlayFile) ? Optional.of(JsonDocument.read(overlayFile)) : Optional.empty();
    List<Finding> findings = new ArrayList<>(SiteFile.check(site));
    overlay.ifPresent(document -> findings.addAll(SiteFile.check(document)));
    checkNames(name, site, findings);
    if (!findings.isEmpty()) {
      throw new Refusal(ExitCode.FAILED, findings);
    }
    return new Site(name, folder, site, overlay);
  }

  /** Refuses a site name that is not 1 to 32 lower-case letters, digits and hyphens. */
  public static void requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw Refusal.usage(
          "a site is named with 1 to 32 lower-case letters, digits and hyphens: site=" + name,
          "choose another name");
    }
  }

  private static void checkNames(String name, JsonDocument site, List<Finding> findings) {
    if (!(site.root().get("site") instanceof JsonString written)
        || !written.getString().equals(name)) {
      findings.add(
          Finding.fail(
              "BG-CONFIG-009",
              site.where("/site"),
              "the field site equals the name of the folder: folder="
                  + name
                  + " site="
                  + site.root().get("site"),
              "correct the field"));
    }
    if (!(site.root().get("features") instanceof JsonArray features) || features.isEmpty()) {
      findings.add(
          Finding.fail(
              "BG-CONFIG-009",
              site.where(""),
              "a site names its features in the field features",
              "write \"features\": [\"gateway-pqc\"]; see bellgate feature list"));
    }
  }

  /** Names of the features; the overlay's list replaces the site's. */
  public List<String> features() {
    return overlay
        .map(document -> document.root().getJsonArray("features"))
        .orElse(site.root().getJsonArray("features"))
        .getValuesAs(JsonString::getString);
  }

  /** The layers of the files, site first. */
  public List<Layer> layers() {
    List<Layer> out = new ArrayList<>(List.of(Layer.of("site", site)));
    overlay.ifPresent(document -> out.add(Layer.of("overlay", document)));
    return out;
  }
}
