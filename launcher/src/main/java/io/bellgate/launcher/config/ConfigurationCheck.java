package io.bellgate.launcher.config;

import io.bellgate.launcher.bundle.BundleJar;
import io.bellgate.launcher.bundle.ComponentXml;
import io.bellgate.launcher.bundle.MetatypeXml;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Nearest;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Judges layers of configuration by the metatypes and components of a set of bundles. */
public final class ConfigurationCheck {
  /** Properties that any configuration may have. */
  private static final Set<String> ANYWHERE =
      Set.of("service.ranking", "service.description", "service.vendor");

  private final Map<String, MetatypeXml> metatypes = new HashMap<>();
  private final Set<String> pids = new TreeSet<>();
  private final Map<String, String> needy = new HashMap<>();

  public ConfigurationCheck(List<BundleJar> bundles) {
    for (BundleJar bundle : bundles) {
      for (MetatypeXml metatype : bundle.objectClasses()) {
        metatypes.put(metatype.pid(), metatype);
        pids.add(metatype.pid());
      }
      for (ComponentXml component : bundle.components()) {
        pids.addAll(component.pids());
        if (component.needsConfiguration()) {
          component.pids().forEach(pid -> needy.put(pid, bundle.symbolicName()));
        }
      }
    }
  }

  /** Everything wrong with the configurations of a layer. */
  public List<Finding> check(Layer layer) {
    List<Finding> findings = new ArrayList<>();
    layer
        .sections()
        .forEach(
            (section, properties) -> {
              if (section.startsWith("configuration/")) {
                check(layer, section, properties, findings);
              }
            });
    return findings;
  }

  private void check(Layer layer, String section, JsonObject properties, List<Finding> findings) {
    String pid = section.substring("configuration/".length()).split("~", 2)[0];
    if (!pids.contains(pid)) {
      findings.add(
          Finding.fail(
              "BG-CONFIG-003",
              layer.where(section, ""),
              "no bundle of the feature set has this PID: pid=" + pid,
              Nearest.advice(pid, pids, "remove it, or add the feature that has it")));
      return;
    }
    MetatypeXml metatype = metatypes.get(pid);
    if (metatype == null) {
      return; // a component without metatype: its properties cannot be known
    }
    properties.forEach(
        (name, value) -> {
          String bare = Effective.bare(name);
          String where = layer.where(section, name);
          MetatypeXml.Attribute attribute = metatype.attributes().get(bare);
          if (attribute != null) {
            new ValueCheck(where, bare, attribute, findings).check(value);
          } else if (!ANYWHERE.contains(bare)) {
            findings.add(
                Finding.fail(
                    "BG-CONFIG-004",
                    where,
                    "there is no such property: pid=" + pid + " property=" + bare,
                    Nearest.advice(
                        bare,
                        metatype.attributes().keySet(),
                        "known are " + String.join(", ", metatype.attributes().keySet()))));
          }
        });
  }

  /**
   * Warns of components that stay down because nothing configures them; not of one in a bundle of
   * which another is configured: such a bundle serves in one place as the one, elsewhere as the
   * other.
   */
  public List<Finding> missing(Effective effective) {
    Set<String> configured = new TreeSet<>();
    effective.configurations().keySet().forEach(pid -> configured.add(pid.split("~", 2)[0]));
    Set<String> serving = new TreeSet<>();
    configured.stream().filter(needy::containsKey).map(needy::get).forEach(serving::add);
    List<Finding> findings = new ArrayList<>();
    for (String pid : new TreeSet<>(needy.keySet())) {
      if (!serving.contains(needy.get(pid))) {
        findings.add(
            Finding.warn(
                "BG-CONFIG-013",
                needy.get(pid),
                "the component needs site configuration: pid=" + pid,
                "add it to \"configuration\" of site.json"));
      }
    }
    return findings;
  }

  public Map<String, MetatypeXml> metatypes() {
    return Map.copyOf(metatypes);
  }

  /** The components that need a configuration: PID to bundle. */
  public Map<String, String> needy() {
    return Map.copyOf(needy);
  }

  static boolean isNull(JsonValue value) {
    return value.getValueType() == JsonValue.ValueType.NULL;
  }
}
