package io.bellgate.itests.framework;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Makes further versions of shipped bundles: the same code under another version. */
final class NewVersion {
  private NewVersion() {}

  /** The same bundle with its version raised. */
  static Path of(String symbolicName, String version) throws IOException {
    return of(symbolicName, version, text -> text);
  }

  /** The same with its component descriptions changed. */
  static Path of(String symbolicName, String version, UnaryOperator<String> components)
      throws IOException {
    Path folder = Path.of(System.getProperty("bellgate.work")).resolve("new-versions");
    Files.createDirectories(folder);
    Path target = folder.resolve(symbolicName + "-" + version + ".jar");
    try (JarFile source = new JarFile(shipped(symbolicName).toFile());
        OutputStream file = Files.newOutputStream(target)) {
      Manifest manifest = new Manifest(source.getManifest());
      manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), version);
      try (JarOutputStream out = new JarOutputStream(file, manifest)) {
        for (JarEntry entry : source.stream().toList()) {
          copy(source, entry, out, components);
        }
      }
    }
    return target;
  }

  /**
   * A third-party library under a higher version, its packages included; unsigned.
   *
   * @param without entries that begin so are left out
   */
  static Path library(String coordinates, String before, String after, String without)
      throws IOException {
    Path folder = Path.of(System.getProperty("bellgate.work")).resolve("new-versions");
    Files.createDirectories(folder);
    Path shipped = Program.root().resolve("system").resolve(coordinates);
    Path target = folder.resolve(shipped.getFileName().toString().replace(before, after));
    try (JarFile source = new JarFile(shipped.toFile());
        OutputStream file = Files.newOutputStream(target)) {
      Manifest manifest = new Manifest();
      source.getManifest().getMainAttributes().entrySet().stream()
          .filter(e -> !e.getKey().toString().equals("Multi-Release"))
          .forEach(
              e ->
                  manifest
                      .getMainAttributes()
                      .put(e.getKey(), e.getValue().toString().replace(before, after)));
      try (JarOutputStream out = new JarOutputStream(file, manifest)) {
        for (JarEntry entry : source.stream().toList()) {
          if (!entry.getName().startsWith("META-INF/") && !entry.getName().startsWith(without)) {
            copy(source, entry, out, text -> text);
          }
        }
      }
    }
    return target;
  }

  private static void copy(
      JarFile source, JarEntry entry, JarOutputStream out, UnaryOperator<String> components)
      throws IOException {
    if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
      return;
    }
    out.putNextEntry(new JarEntry(entry.getName()));
    try (InputStream in = source.getInputStream(entry)) {
      byte[] octets = in.readAllBytes();
      boolean component = entry.getName().matches("OSGI-INF/[^/]+\\.xml");
      out.write(
          component
              ? components
                  .apply(new String(octets, StandardCharsets.UTF_8))
                  .getBytes(StandardCharsets.UTF_8)
              : octets);
    }
  }

  private static Path shipped(String symbolicName) throws IOException {
    List<String> prefix = List.of("io", "bellgate", symbolicName);
    Path folder = Program.root().resolve("system").resolve(String.join("/", prefix));
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".jar")).findFirst().orElseThrow();
    }
  }

  /** The demo variant that is built beside a bundle. */
  static Path variant(String name) throws IOException {
    Path folder = Path.of(System.getProperty("bellgate.variants")).resolve(name + "/target");
    try (Stream<Path> files = Files.list(folder)) {
      Path built =
          files.filter(f -> f.getFileName().toString().endsWith(".jar")).findFirst().orElseThrow();
      Path target = Path.of(System.getProperty("bellgate.work")).resolve("new-versions");
      Files.createDirectories(target);
      return Files.copy(
          built,
          target.resolve(built.getFileName()),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
