package io.bellgate.launcher.feature;

import io.bellgate.launcher.report.Nearest;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The feature files of one or more folders; the first folder that has a name wins. */
public final class FeatureFolder {
  private final List<Path> folders;
  private final FeatureReader reader = new FeatureReader();

  public FeatureFolder(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /** Names of all features in alphabetical order. */
  public List<String> names() {
    List<String> out = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
        files
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(".json"))
            .map(file -> file.substring(0, file.length() - 5))
            .forEach(out::add);
      } catch (IOException e) {
        throw Refusal.failed(
            "BG-FEATURE-005",
            folder.toString(),
            "the folder cannot be read: " + e,
            "check its owner");
      }
    }
    return out.stream().distinct().sorted().toList();
  }

  /**
   * Reads a feature by name, or by path if the text ends in {@code .json}.
   *
   * @throws Refusal if there is none (BG-FEATURE-006) or it cannot be read
   */
  public FeatureFile get(String nameOrFile) {
    if (nameOrFile.endsWith(".json")) {
      return reader.read(Path.of(nameOrFile));
    }
    return file(nameOrFile)
        .map(reader::read)
        .orElseThrow(
            () ->
                Refusal.failed(
                    "BG-FEATURE-006",
                    "",
                    "there is no such feature: name=" + nameOrFile,
                    Nearest.advice(nameOrFile, names(), "bellgate feature list")));
  }

  private Optional<Path> file(String name) {
    return folders.stream()
        .map(folder -> folder.resolve(name + ".json").normalize())
        .filter(file -> folders.contains(file.getParent()) && Files.isRegularFile(file))
        .findFirst();
  }

  /** The named features and all that they require, each once, a requirement before its user. */
  public List<FeatureFile> closure(List<String> names) {
    Map<String, FeatureFile> done = new LinkedHashMap<>();
    for (String name : names) {
      collect(name, List.of(), done);
    }
    return List.copyOf(done.values());
  }

  private void collect(String name, List<String> path, Map<String, FeatureFile> done) {
    List<String> here = Stream.concat(path.stream(), Stream.of(name)).toList();
    if (path.contains(name)) {
      throw Refusal.failed(
          "BG-FEATURE-007",
          "",
          "features require each other in a circle: " + String.join(" -> ", here),
          "remove one of these requirements");
    }
    if (done.containsKey(name)) {
      return;
    }
    FeatureFile feature = get(name);
    feature.requires().forEach(required -> collect(required, here, done));
    done.put(name, feature);
  }
}
