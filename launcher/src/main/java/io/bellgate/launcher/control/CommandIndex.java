package io.bellgate.launcher.control;

import io.bellgate.launcher.bundle.BundleJar;
import io.bellgate.launcher.bundle.Clause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The commands that bundles declare in their manifests, without starting any. */
public final class CommandIndex {
  private final SortedMap<String, Entry> entries = new TreeMap<>();

  /**
   * One declared command.
   *
   * @param name as typed
   * @param summary one line
   * @param feature that a local command starts
   * @param local whether it runs without a gateway
   */
  public record Entry(String name, String summary, String feature, boolean local) {}

  /** Reads the manifests of all jars in folders of Maven layout; the first folder wins. */
  public static CommandIndex of(List<Path> repositories) throws IOException {
    CommandIndex index = new CommandIndex();
    for (Path repository : repositories) {
      if (Files.isDirectory(repository)) {
        try (Stream<Path> files = Files.walk(repository)) {
          files
              .filter(file -> file.toString().endsWith(".jar"))
              .sorted()
              .forEach(file -> BundleJar.commands(file).forEach(index::add));
        }
      }
    }
    return index;
  }

  private void add(Clause clause) {
    String name = clause.attributes().getOrDefault("command", "");
    if (!name.isEmpty()) {
      entries.putIfAbsent(
          name,
          new Entry(
              name,
              clause.attributes().getOrDefault("summary", ""),
              clause.attributes().getOrDefault("feature", ""),
              Boolean.parseBoolean(clause.attributes().getOrDefault("local", "false"))));
    }
  }

  public Optional<Entry> get(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  /** All commands in alphabetical order. */
  public List<Entry> all() {
    return List.copyOf(entries.values());
  }
}
