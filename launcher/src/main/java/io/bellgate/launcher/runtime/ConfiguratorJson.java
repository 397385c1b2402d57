package io.bellgate.launcher.runtime;

import io.bellgate.launcher.config.Variables;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.SortedMap;

/** The value of {@code configurator.initial} (OSGi Compendium chapter 150). */
final class ConfiguratorJson {
  private ConfiguratorJson() {}

  static String of(SortedMap<String, JsonObject> configuration, Variables variables) {
    JsonObjectBuilder out =
        Json.createObjectBuilder()
            .add(":configurator:resource-version", 1)
            .add(":configurator:symbolic-name", "io.bellgate.launcher")
            .add(":configurator:version", "1.0.0");
    configuration.forEach((pid, properties) -> out.add(pid, variables.replace(properties)));
    return out.build().toString();
  }
}
