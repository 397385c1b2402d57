package io.bellgate.launcher.feature;

import io.bellgate.launcher.json.JsonDocument;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * One feature file as written.
 *
 * @param name file name without {@code .json}; other features require it by this name
 * @param id its Maven coordinates
 * @param description for people
 * @param requires names of the features it needs
 * @param bundles its own bundles, in the order of the file
 * @param configurations PID to properties as the Configurator writes them (chapter 150)
 * @param framework framework launching properties
 * @param document where all of this was read from
 */
public record FeatureFile(
    String name,
    MavenId id,
    String description,
    List<String> requires,
    List<Entry> bundles,
    Map<String, JsonObject> configurations,
    Map<String, String> framework,
    JsonDocument document) {

  /** Start order of a bundle whose feature gives none. */
  public static final int DEFAULT_START_ORDER = 20;

  /**
   * One bundle of a feature.
   *
   * @param id its coordinates
   * @param startOrder start level, 1 to 100, smaller starts earlier
   * @param sha256 what the jar must have; empty if the feature does not say
   */
  public record Entry(MavenId id, int startOrder, String sha256) {}

  public FeatureFile {
    requires = List.copyOf(requires);
    bundles = List.copyOf(bundles);
    configurations = Map.copyOf(configurations);
    framework = Map.copyOf(framework);
  }
}
