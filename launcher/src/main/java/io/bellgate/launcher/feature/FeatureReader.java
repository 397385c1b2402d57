package io.bellgate.launcher.feature;

import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.Nearest;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.service.feature.Feature;
import org.osgi.service.feature.FeatureBundle;
import org.osgi.service.feature.FeatureExtension;
import org.osgi.service.feature.FeatureService;

/**
 * Reads feature files: OSGi Compendium 8.1 chapter 159, plus the extensions of {@code
 * docs/features.md}.
 */
public final class FeatureReader {
  /** Extension of ours: names of features that this one needs. */
  static final String REQUIRES = "bellgate:requires";

  /** Extension of chapter 160. */
  static final String FRAMEWORK = "framework-launching-properties";

  private static final Set<String> MEMBERS =
      Set.of(
          "feature-resource-version",
          "id",
          "name",
          "categories",
          "complete",
          "description",
          "docURL",
          "license",
          "SCM",
          "vendor",
          "bundles",
          "configurations",
          "variables",
          "extensions");

  private final FeatureService service =
      ServiceLoader.load(FeatureService.class).findFirst().orElseThrow();

  /**
   * Reads one file.
   *
   * @throws Refusal with the file, the line and the rule
   */
  public FeatureFile read(Path file) {
    String fileName = String.valueOf(file.getFileName());
    String name =
        fileName.endsWith(".json") ? fileName.substring(0, fileName.length() - 5) : fileName;
    return read(name, JsonDocument.read(file));
  }

  FeatureFile read(String name, JsonDocument document) {
    for (String member : document.root().keySet()) {
      if (!MEMBERS.contains(member)) {
        throw refuse(
            "BG-FEATURE-001",
            document.where(JsonDocument.pointer(member)),
            "a feature has no such member: member=" + member,
            Nearest.advice(member, MEMBERS, "see docs/features.md"));
      }
    }
    Feature feature = parse(document);
    checkExtensions(feature, document);
    return new FeatureFile(
        name,
        MavenId.parse(feature.getID().toString()),
        feature.getDescription().orElse(""),
        requires(feature),
        entries(feature, document),
        configurations(document),
        framework(feature, document),
        document);
  }

  private Feature parse(JsonDocument document) {
    try {
      return service.readFeature(new StringReader(withoutConfigurations(document)));
    } catch (IOException | RuntimeException e) {
      throw refuse(
          "BG-FEATURE-001",
          document.name(),
          "not a feature of chapter 159: " + e.getMessage(),
          "compare with a file in features/");
    }
  }

  /** Configurations are read by us, because Felix drops the type names that a merge must keep. */
  private static String withoutConfigurations(JsonDocument document) {
    return Json.createObjectBuilder(document.root()).remove("configurations").build().toString();
  }

  private static void checkExtensions(Feature feature, JsonDocument document) {
    for (FeatureExtension extension : feature.getExtensions().values()) {
      boolean known = Set.of(REQUIRES, FRAMEWORK).contains(extension.getName());
      if (!known && extension.getKind() == FeatureExtension.Kind.MANDATORY) {
        throw refuse(
            "BG-FEATURE-003",
            document.where(JsonDocument.pointer("extensions", extension.getName())),
            "a mandatory extension must be known: extension=" + extension.getName(),
            "known are " + REQUIRES + " and " + FRAMEWORK);
      }
    }
  }

  private static List<String> requires(Feature feature) {
    FeatureExtension extension = feature.getExtensions().get(REQUIRES);
    if (extension == null) {
      return List.of();
    }
    if (extension.getType() != FeatureExtension.Type.TEXT) {
      throw refuse(
          "BG-FEATURE-003",
          feature.getID().toString(),
          REQUIRES + " is a text extension: type=" + extension.getType(),
          "write {\"type\": \"text\", \"kind\": \"mandatory\", \"text\": [\"base\"]}");
    }
    return extension.getText().stream().map(String::strip).filter(n -> !n.isEmpty()).toList();
  }

  private static Map<String, String> framework(Feature feature, JsonDocument document) {
    FeatureExtension extension = feature.getExtensions().get(FRAMEWORK);
    if (extension == null) {
      return Map.of();
    }
    if (extension.getType() != FeatureExtension.Type.JSON) {
      throw refuse(
          "BG-FEATURE-003",
          document.where(JsonDocument.pointer("extensions", FRAMEWORK)),
          FRAMEWORK + " is a JSON extension: type=" + extension.getType(),
          "write {\"type\": \"json\", \"kind\": \"mandatory\", \"json\": {\"name\": \"value\"}}");
    }
    return JsonText.strings(JsonDocument.parse(document.name(), extension.getJSON()).root());
  }

  private static List<FeatureFile.Entry> entries(Feature feature, JsonDocument document) {
    List<FeatureFile.Entry> out = new ArrayList<>();
    for (FeatureBundle bundle : feature.getBundles()) {
      String where = document.where("/bundles/" + out.size());
      out.add(entry(bundle, where));
    }
    return out;
  }

  private static FeatureFile.Entry entry(FeatureBundle bundle, String where) {
    MavenId id = MavenId.parse(bundle.getID().toString());
    Object order = bundle.getMetadata().get("start-order");
    Object sha256 = bundle.getMetadata().get("sha256");
    int level = FeatureFile.DEFAULT_START_ORDER;
    if (order != null) {
      level = order instanceof Number number ? number.intValue() : -1;
      if (level < 1 || level > 100) {
        throw refuse(
            "BG-FEATURE-004",
            where,
            "start-order is a whole number from 1 to 100: bundle=" + id + " value=" + order,
            "correct it");
      }
    }
    if (sha256 != null && !sha256.toString().matches("[0-9a-f]{64}")) {
      throw refuse(
          "BG-FEATURE-004",
          where,
          "sha256 is 64 hexadecimal digits in lower case: bundle=" + id + " value=" + sha256,
          "take the output of sha256sum");
    }
    return new FeatureFile.Entry(id, level, sha256 == null ? "" : sha256.toString());
  }

  private static Map<String, JsonObject> configurations(JsonDocument document) {
    JsonValue all = document.root().getOrDefault("configurations", JsonValue.EMPTY_JSON_OBJECT);
    if (!(all instanceof JsonObject object)) {
      throw refuse(
          "BG-FEATURE-001",
          document.where("/configurations"),
          "configurations is an object of PID to properties",
          "see docs/features.md");
    }
    Map<String, JsonObject> out = new TreeMap<>();
    object.forEach(
        (pid, properties) -> {
          if (!(properties instanceof JsonObject map)) {
            throw refuse(
                "BG-FEATURE-001",
                document.where(JsonDocument.pointer("configurations", pid)),
                "a configuration is an object of properties: pid=" + pid,
                "see docs/features.md");
          }
          out.put(pid, map);
        });
    return out;
  }

  private static Refusal refuse(String code, String where, String message, String next) {
    return Refusal.failed(code, where, message, next);
  }
}
