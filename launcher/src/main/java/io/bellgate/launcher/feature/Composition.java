package io.bellgate.launcher.feature;

import io.bellgate.launcher.bundle.BundleJar;
import io.bellgate.launcher.folder.Sha256;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * Several features merged into one set.
 *
 * @param features names of all features in it, a requirement before its user
 * @param bundles in start order
 * @param configurations PID to properties
 * @param framework framework launching properties
 */
public record Composition(
    List<String> features,
    List<Part> bundles,
    SortedMap<String, JsonObject> configurations,
    SortedMap<String, String> framework) {

  /**
   * One bundle of the set.
   *
   * @param id its coordinates
   * @param jar what is read from the jar
   * @param startOrder start level
   * @param sha256 of the jar as it lies there
   * @param feature first feature that brought it
   */
  public record Part(MavenId id, BundleJar jar, int startOrder, String sha256, String feature) {
    /** Name and version for messages. */
    public String title() {
      return jar.symbolicName() + " " + jar.version();
    }
  }

  public Composition {
    features = List.copyOf(features);
    bundles = List.copyOf(bundles);
  }

  /** SHA-256 over ids, jars and start orders; equal digests mean the same bundles. */
  public String digest() {
    return Sha256.of(
        bundles.stream()
            .map(part -> part.id() + " " + part.sha256() + " " + part.startOrder())
            .sorted()
            .collect(Collectors.joining("\n")));
  }

  public List<BundleJar> jars() {
    return bundles.stream().map(Part::jar).toList();
  }
}
