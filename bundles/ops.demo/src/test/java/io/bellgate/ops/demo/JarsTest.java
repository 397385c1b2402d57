package io.bellgate.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JarsTest {
  @TempDir Path folder;

  @Test
  void copiesABundleUnderTheNextVersion() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Bundle-SymbolicName", "x");
    manifest.getMainAttributes().putValue("Bundle-Version", "0.1.9");
    Path from = folder.resolve("x-0.1.9.jar");
    try (OutputStream file = Files.newOutputStream(from);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      out.putNextEntry(new JarEntry("a/b"));
      out.write(new byte[] {1, 2, 3});
      out.closeEntry();
    }
    try (JarFile next = new JarFile(Jars.next(from, folder).toFile())) {
      Attributes main = next.getManifest().getMainAttributes();
      assertEquals("0.1.10", main.getValue("Bundle-Version"));
      assertEquals("x", main.getValue("Bundle-SymbolicName"));
      assertEquals(3, next.getInputStream(next.getEntry("a/b")).readAllBytes().length);
    }
  }
}
