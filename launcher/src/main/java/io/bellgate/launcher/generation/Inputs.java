package io.bellgate.launcher.generation;

import io.bellgate.launcher.feature.Composition;
import io.bellgate.launcher.folder.Sha256;
import io.bellgate.launcher.json.JsonText;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.SortedMap;

/**
 * What a new generation would be made from.
 *
 * @param composition the features
 * @param configuration effective configurations
 * @param framework effective framework properties
 * @param sockets effective declarations of sockets
 */
public record Inputs(
    Composition composition,
    SortedMap<String, JsonObject> configuration,
    SortedMap<String, String> framework,
    SortedMap<String, JsonObject> sockets) {

  /** Digest of all but the bundles. */
  public String settingsDigest() {
    JsonObjectBuilder out = Json.createObjectBuilder();
    configuration.forEach((pid, properties) -> out.add("configuration/" + pid, properties));
    sockets.forEach((name, socket) -> out.add("sockets/" + name, socket));
    out.add("framework", JsonText.object(framework));
    return Sha256.of(JsonText.canonical(out.build()));
  }
}
