package io.bellgate.itests.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The source tree with what the build made of it. */
final class Repository {
  static final Path ROOT =
      Path.of(System.getProperty("bellgate.root")).toAbsolutePath().normalize();

  private Repository() {}

  /** Bundles of ours, the contracts included. */
  static List<Unit> bundles() throws IOException {
    return units("bundles");
  }

  /** Third-party code that needed a manifest. */
  static List<Unit> platform() throws IOException {
    return units("platform");
  }

  /** Other editions of bundles of ours. */
  static List<Unit> variants() throws IOException {
    return Files.isDirectory(ROOT.resolve("variants")) ? units("variants") : List.of();
  }

  static Unit launcher() throws IOException {
    return new Unit("launcher", jar(ROOT.resolve("launcher")));
  }

  /** Everything that is shipped. */
  static List<Unit> shipped() throws IOException {
    List<Unit> all = new ArrayList<>(bundles());
    all.addAll(platform());
    all.addAll(variants());
    all.add(launcher());
    return all;
  }

  private static List<Unit> units(String folder) throws IOException {
    List<Unit> units = new ArrayList<>();
    try (Stream<Path> folders = Files.list(ROOT.resolve(folder))) {
      for (Path module :
          folders.filter(f -> Files.exists(f.resolve("pom.xml"))).sorted().toList()) {
        units.add(new Unit(module.getFileName().toString(), jar(module)));
      }
    }
    return units;
  }

  private static Path jar(Path module) throws IOException {
    Path target = module.resolve("target");
    if (Files.isDirectory(target)) {
      try (Stream<Path> files = Files.list(target)) {
        List<Path> jars =
            files
                .filter(f -> f.toString().endsWith(".jar"))
                .filter(f -> !f.toString().matches(".*-(tests|sources|javadoc)\\.jar"))
                .toList();
        if (jars.size() == 1) {
          return jars.get(0);
        }
      }
    }
    throw new IllegalStateException(
        "a module is built into one jar: module=" + ROOT.relativize(module) + ": run mvn verify");
  }
}
