package io.bellgate.ops.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Bundle files of a program folder that a running bundle can be swapped for. */
public final class Jars {
  private static final String VERSION = "Bundle-Version";

  private Jars() {}

  /**
   * A demo variant: built from the same sources plus one visible difference.
   *
   * @param program the program folder
   * @param bundle its name without {@code io.bellgate.}
   */
  public static Path variant(Path program, String bundle) throws IOException {
    return first(program.resolve("demo"), bundle);
  }

  /** The bundle as shipped. */
  public static Path shipped(Path program, String bundle) throws IOException {
    return first(program.resolve("system/io/bellgate/io.bellgate." + bundle), bundle);
  }

  private static Path first(Path folder, String bundle) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("io.bellgate." + bundle + "-"))
          .filter(f -> f.getFileName().toString().endsWith(".jar"))
          .findFirst()
          .orElseThrow(
              () ->
                  new IOException(
                      "the distribution has the bundle: bundle=" + bundle + " folder=" + folder));
    }
  }

  /**
   * Copies a bundle file under the next version: the same classes, the last number of {@code
   * Bundle-Version} one higher.
   *
   * @param from the bundle
   * @param folder where the copy goes
   */
  public static Path next(Path from, Path folder) throws IOException {
    try (JarFile jar = new JarFile(from.toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      String[] numbers = manifest.getMainAttributes().getValue(VERSION).split("\\.");
      int micro = Integer.parseInt(numbers[2]) + 1;
      String version = numbers[0] + "." + numbers[1] + "." + micro;
      manifest.getMainAttributes().putValue(VERSION, version);
      Path to = folder.resolve(from.getFileName().toString().replace(".jar", "-next.jar"));
      try (OutputStream file = Files.newOutputStream(to);
          JarOutputStream out = new JarOutputStream(file, manifest)) {
        copy(jar, out);
      }
      return to;
    }
  }

  private static void copy(JarFile jar, JarOutputStream out) throws IOException {
    for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
      JarEntry entry = entries.nextElement();
      if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
        out.putNextEntry(new JarEntry(entry.getName()));
        try (InputStream in = jar.getInputStream(entry)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
  }
}
