package io.bellgate.launcher.generation;

import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that is installed, as one file.
 *
 * @param number from 1, never used again
 * @param parent the generation to fall back to; 0 if none
 * @param created ISO 8601 in UTC; for people only, since a box may have no clock
 * @param reason why it was made
 * @param features names of the features it was made from
 * @param featuresDigest of the composed features; see {@code Composition.digest}
 * @param settingsDigest of the effective configuration
 * @param bundles in start order
 * @param configuration PID to properties, variables not yet replaced
 * @param framework framework properties, variables not yet replaced
 * @param sockets name to declaration
 */
public record Generation(
    int number,
    int parent,
    String created,
    String reason,
    List<String> features,
    String featuresDigest,
    String settingsDigest,
    List<InstalledBundle> bundles,
    SortedMap<String, JsonObject> configuration,
    SortedMap<String, String> framework,
    SortedMap<String, JsonObject> sockets) {
  /** Version of the file format. */
  static final int FORMAT = 1;

  /**
   * One bundle of a generation.
   *
   * @param symbolicName its name; several versions of a library may have it
   * @param version its version
   * @param sha256 of its jar
   * @param location {@code system/...} in the program folder or {@code store/...} in the data
   *     folder
   * @param startOrder start level
   * @param swapped whether an operator put it in the place of the program's
   */
  public record InstalledBundle(
      String symbolicName,
      String version,
      String sha256,
      String location,
      int startOrder,
      boolean swapped) {

    JsonObject json() {
      return Json.createObjectBuilder()
          .add("symbolicName", symbolicName)
          .add("version", version)
          .add("sha256", sha256)
          .add("location", location)
          .add("startOrder", startOrder)
          .add("swapped", swapped)
          .build();
    }

    static InstalledBundle of(JsonObject json) {
      return new InstalledBundle(
          json.getString("symbolicName"),
          json.getString("version"),
          json.getString("sha256"),
          json.getString("location"),
          json.getInt("startOrder"),
          json.getBoolean("swapped"));
    }
  }

  public Generation {
    features = List.copyOf(features);
    bundles = List.copyOf(bundles);
  }

  /** The same content as a successor of this one, with other bundles. */
  Generation next(int number, String created, String reason, List<InstalledBundle> bundles) {
    return new Generation(
        number,
        this.number,
        created,
        reason,
        features,
        featuresDigest,
        settingsDigest,
        bundles,
        configuration,
        framework,
        sockets);
  }

  public JsonObject json() {
    JsonArrayBuilder installed = Json.createArrayBuilder();
    bundles.forEach(bundle -> installed.add(bundle.json()));
    return Json.createObjectBuilder()
        .add("format", FORMAT)
        .add("number", number)
        .add("parent", parent)
        .add("created", created)
        .add("reason", reason)
        .add("features", JsonText.array(features))
        .add("featuresDigest", featuresDigest)
        .add("settingsDigest", settingsDigest)
        .add("bundles", installed)
        .add("configuration", objects(configuration))
        .add("framework", JsonText.object(framework))
        .add("sockets", objects(sockets))
        .build();
  }

  private static JsonObjectBuilder objects(SortedMap<String, JsonObject> map) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    map.forEach(out::add);
    return out;
  }

  /**
   * From a file of generation.
   *
   * @throws Refusal if it has another form (BG-GENERATION-002)
   */
  static Generation of(JsonDocument document) {
    JsonObject json = document.root();
    try {
      if (json.getInt("format") != FORMAT) {
        throw new IllegalArgumentException("format=" + json.getInt("format"));
      }
      List<InstalledBundle> bundles = new ArrayList<>();
      json.getJsonArray("bundles")
          .forEach(bundle -> bundles.add(InstalledBundle.of(bundle.asJsonObject())));
      return new Generation(
          json.getInt("number"),
          json.getInt("parent"),
          json.getString("created"),
          json.getString("reason"),
          json.getJsonArray("features").getValuesAs(JsonText::plain),
          json.getString("featuresDigest"),
          json.getString("settingsDigest"),
          bundles,
          objects(json.getJsonObject("configuration")),
          JsonText.strings(json.getJsonObject("framework")),
          objects(json.getJsonObject("sockets")));
    } catch (RuntimeException e) {
      throw Refusal.failed(
          "BG-GENERATION-002",
          document.name(),
          "not a generation of format " + FORMAT + ": " + e.getMessage(),
          "remove its folder; the launcher makes a new generation from features and configuration");
    }
  }

  private static SortedMap<String, JsonObject> objects(JsonObject json) {
    SortedMap<String, JsonObject> out = new TreeMap<>();
    json.forEach((name, value) -> out.put(name, value.asJsonObject()));
    return out;
  }
}
