package io.bellgate.launcher.feature;

import io.bellgate.launcher.json.JsonText;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/** A composition as one feature file that needs no other. */
public final class CompositionJson {
  private CompositionJson() {}

  /** Complete (chapter 159), with the SHA-256 of every jar. */
  public static JsonObject of(Composition composition) {
    String name = composition.features().get(composition.features().size() - 1);
    JsonArrayBuilder bundles = Json.createArrayBuilder();
    for (Composition.Part part : composition.bundles()) {
      bundles.add(
          Json.createObjectBuilder()
              .add("id", part.id().toString())
              .add("start-order", part.startOrder())
              .add("sha256", part.sha256()));
    }
    JsonObjectBuilder configurations = Json.createObjectBuilder();
    composition.configurations().forEach(configurations::add);
    return Json.createObjectBuilder()
        .add("feature-resource-version", "1.0")
        .add("id", "io.bellgate.composed:" + name + ":osgifeature:composed:1.0.0")
        .add("description", "Composed of " + String.join(", ", composition.features()))
        .add("complete", true)
        .add("bundles", bundles)
        .add("configurations", configurations)
        .add("extensions", extensions(composition))
        .build();
  }

  private static JsonObjectBuilder extensions(Composition composition) {
    JsonObjectBuilder out = Json.createObjectBuilder();
    if (!composition.framework().isEmpty()) {
      out.add(
          FeatureReader.FRAMEWORK,
          Json.createObjectBuilder()
              .add("type", "json")
              .add("kind", "mandatory")
              .add("json", JsonText.object(composition.framework())));
    }
    return out;
  }
}
