package io.bellgate.launcher.feature;

import io.bellgate.launcher.bundle.BundleJar;
import io.bellgate.launcher.folder.Sha256;
import io.bellgate.launcher.report.ExitCode;
import io.bellgate.launcher.report.Finding;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Merges features by the rules of {@code docs/features.md}; every conflict is an error. */
public final class Composer {
  private final FeatureFolder folder;
  private final List<Path> repositories;

  /**
   * @param folder where features are found
   * @param repositories folders of Maven layout where jars are found; the first that has one wins
   */
  public Composer(FeatureFolder folder, List<Path> repositories) {
    this.folder = folder;
    this.repositories = List.copyOf(repositories);
  }

  /**
   * Merges the named features and what they require.
   *
   * @throws Refusal with every conflict and every missing jar
   */
  public Composition compose(List<String> names) {
    return new Merge().run(folder.closure(names));
  }

  private final class Merge {
    private final List<Finding> findings = new ArrayList<>();
    private final Map<MavenId, FeatureFile.Entry> entries = new LinkedHashMap<>();
    private final Map<MavenId, String> origins = new HashMap<>();
    private final SortedMap<String, JsonObject> configurations = new TreeMap<>();
    private final Map<String, String> propertyOrigins = new HashMap<>();
    private final SortedMap<String, String> framework = new TreeMap<>();

    Composition run(List<FeatureFile> features) {
      for (FeatureFile feature : features) {
        feature.bundles().forEach(entry -> add(feature, entry));
        feature.configurations().forEach((pid, properties) -> add(feature, pid, properties));
        feature.framework().forEach((name, value) -> add(feature, name, value));
      }
      List<Composition.Part> parts = parts();
      refuseTwoVersions(parts);
      if (!findings.isEmpty()) {
        throw new Refusal(ExitCode.FAILED, findings);
      }
      List<String> names = features.stream().map(FeatureFile::name).toList();
      return new Composition(names, parts, configurations, framework);
    }

    private void add(FeatureFile feature, FeatureFile.Entry entry) {
      FeatureFile.Entry old = entries.get(entry.id());
      if (old == null) {
        entries.put(entry.id(), entry);
        origins.put(entry.id(), feature.name());
        return;
      }
      if (!old.sha256().isEmpty()
          && !entry.sha256().isEmpty()
          && !old.sha256().equals(entry.sha256())) {
        fail(
            "BG-FEATURE-010",
            feature.name(),
            "two features expect different jars: bundle="
                + entry.id()
                + " other="
                + origins.get(entry.id()),
            "correct the sha256 of one of them");
      }
      String sha256 = old.sha256().isEmpty() ? entry.sha256() : old.sha256();
      int order = Math.min(old.startOrder(), entry.startOrder());
      entries.put(entry.id(), new FeatureFile.Entry(entry.id(), order, sha256));
    }

    private void add(FeatureFile feature, String pid, JsonObject properties) {
      JsonObjectBuilder merged =
          Json.createObjectBuilder(configurations.getOrDefault(pid, JsonValue.EMPTY_JSON_OBJECT));
      JsonObject old = configurations.getOrDefault(pid, JsonValue.EMPTY_JSON_OBJECT);
      properties.forEach(
          (name, value) -> {
            String key = pid + "/" + name;
            if (old.containsKey(name) && !old.get(name).equals(value)) {
              fail(
                  "BG-FEATURE-011",
                  feature
                      .document()
                      .where(
                          io.bellgate.launcher.json.JsonDocument.pointer(
                              "configurations", pid, name)),
                  "two features give one property different values: pid="
                      + pid
                      + " property="
                      + name
                      + " "
                      + propertyOrigins.get(key)
                      + "="
                      + old.get(name)
                      + " "
                      + feature.name()
                      + "="
                      + value,
                  "leave it to one feature, or to the site's configuration");
            }
            propertyOrigins.putIfAbsent(key, feature.name());
            merged.add(name, value);
          });
      configurations.put(pid, merged.build());
    }

    private void add(FeatureFile feature, String name, String value) {
      String old = framework.putIfAbsent(name, value);
      if (old != null && !old.equals(value)) {
        fail(
            "BG-FEATURE-012",
            feature.name(),
            "two features give one framework property different values: property="
                + name
                + " values="
                + old
                + ", "
                + value,
            "leave it to one feature");
      }
    }

    private List<Composition.Part> parts() {
      List<Composition.Part> out = new ArrayList<>();
      for (FeatureFile.Entry entry : entries.values()) {
        Path jar = find(entry.id());
        if (jar == null) {
          fail(
              "BG-FEATURE-013",
              origins.get(entry.id()),
              "the jar of a bundle is missing: bundle=" + entry.id() + " path=" + entry.id().path(),
              "put it into "
                  + repositories.stream().map(Path::toString).collect(Collectors.joining(" or ")));
          continue;
        }
        Composition.Part part = part(entry, jar);
        if (part != null) {
          out.add(part);
        }
      }
      out.sort(
          Comparator.comparingInt(Composition.Part::startOrder)
              .thenComparing(part -> part.jar().symbolicName()));
      return out;
    }

    private Composition.Part part(FeatureFile.Entry entry, Path jar) {
      try {
        String sha256 = Sha256.of(jar);
        if (!entry.sha256().isEmpty() && !entry.sha256().equals(sha256)) {
          fail(
              "BG-FEATURE-014",
              jar.toString(),
              "a jar differs from what its feature expects: bundle="
                  + entry.id()
                  + " expected="
                  + entry.sha256()
                  + " found="
                  + sha256,
              "install the jar again, or correct the feature");
        }
        return new Composition.Part(
            entry.id(), BundleJar.read(jar), entry.startOrder(), sha256, origins.get(entry.id()));
      } catch (Refusal e) {
        findings.addAll(e.findings());
      } catch (IOException e) {
        fail("BG-FEATURE-013", jar.toString(), "the jar cannot be read: " + e, "check its owner");
      }
      return null;
    }

    private Path find(MavenId id) {
      return repositories.stream()
          .map(repository -> repository.resolve(id.path()))
          .filter(Files::isRegularFile)
          .findFirst()
          .orElse(null);
    }

    /** Versions of a library stand side by side; what has components would do its work twice. */
    private void refuseTwoVersions(List<Composition.Part> parts) {
      Map<String, Composition.Part> first = new HashMap<>();
      for (Composition.Part part : parts) {
        Composition.Part other = first.putIfAbsent(part.jar().symbolicName(), part);
        boolean side =
            other != null
                && !other.jar().version().equals(part.jar().version())
                && other.jar().components().isEmpty()
                && part.jar().components().isEmpty();
        if (other != null && !side) {
          fail(
              "BG-FEATURE-015",
              part.feature(),
              "one bundle would be there twice: "
                  + other.id()
                  + " of feature "
                  + other.feature()
                  + " and "
                  + part.id()
                  + " of feature "
                  + part.feature(),
              "use one version in all features");
        }
      }
    }

    private void fail(String code, String where, String message, String next) {
      findings.add(Finding.fail(code, where, message, next));
    }
  }
}
