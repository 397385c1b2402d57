package io.bellgate.itests.processes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A shipped bundle under the next version: the same classes. */
final class NextVersion {
  private static final String NEXT = "0.1.1";

  private NextVersion() {}

  /** A copy of the bundle {@code io.bellgate.NAME} in a folder. */
  static Path of(String name, Path folder) throws IOException {
    return of(name, NEXT, folder);
  }

  /** The same under another version. */
  static Path of(String name, String version, Path folder) throws IOException {
    String bundle = "io.bellgate." + name;
    Path shipped =
        Gateway.PROGRAM.resolve("system/io/bellgate/" + bundle + "/0.1.0/" + bundle + "-0.1.0.jar");
    Path next = folder.resolve(bundle + "-" + version + ".jar");
    try (JarFile jar = new JarFile(shipped.toFile())) {
      Manifest manifest = new Manifest(jar.getManifest());
      manifest.getMainAttributes().putValue("Bundle-Version", version);
      try (OutputStream file = Files.newOutputStream(next);
          JarOutputStream out = new JarOutputStream(file, manifest)) {
        for (JarEntry entry : jar.stream().toList()) {
          if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
            out.putNextEntry(new JarEntry(entry.getName()));
            try (InputStream in = jar.getInputStream(entry)) {
              in.transferTo(out);
            }
          }
        }
      }
    }
    return next;
  }
}
