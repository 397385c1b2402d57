package io.bellgate.launcher.bundle;

import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.xml.stream.XMLStreamException;

/**
 * What the launcher reads of a bundle without a framework.
 *
 * @param file the jar
 * @param symbolicName its {@code Bundle-SymbolicName} without parameters
 * @param version its {@code Bundle-Version}, {@code 0.0.0} if absent
 * @param fragment whether it attaches to a host and cannot be started
 * @param commands its {@code io.bellgate.command} capabilities
 * @param components its Declarative Services components
 * @param objectClasses its metatype definitions
 */
public record BundleJar(
    Path file,
    String symbolicName,
    String version,
    boolean fragment,
    List<Clause> commands,
    List<ComponentXml> components,
    List<MetatypeXml> objectClasses) {

  /**
   * Reads a jar.
   *
   * @throws Refusal if it is no jar, or no bundle (BG-BUNDLE-001)
   */
  public static BundleJar read(Path file) {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      Manifest manifest = jar.getManifest();
      if (manifest == null
          || manifest.getMainAttributes().getValue("Bundle-SymbolicName") == null) {
        throw unusable(file, "its manifest has no Bundle-SymbolicName");
      }
      return read(file, jar, manifest.getMainAttributes());
    } catch (IOException | XMLStreamException | RuntimeException e) {
      throw e instanceof Refusal refusal ? refusal : unusable(file, e.toString());
    }
  }

  /** The commands a jar declares, from its manifest alone; none if it is no bundle. */
  public static List<Clause> commands(Path file) {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      Manifest manifest = jar.getManifest();
      return manifest == null
          ? List.of()
          : commands(manifest.getMainAttributes().getValue("Provide-Capability"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static List<Clause> commands(String header) {
    return Clause.parse(header).stream()
        .filter(clause -> clause.path().equals("io.bellgate.command"))
        .toList();
  }

  private static BundleJar read(Path file, JarFile jar, Attributes headers)
      throws IOException, XMLStreamException {
    String name = Clause.parse(headers.getValue("Bundle-SymbolicName")).get(0).path();
    String version =
        Optional.ofNullable(headers.getValue("Bundle-Version")).map(String::strip).orElse("0.0.0");
    List<Clause> commands = commands(headers.getValue("Provide-Capability"));
    boolean fragment = headers.getValue("Fragment-Host") != null;
    return new BundleJar(
        file,
        name,
        version,
        fragment,
        commands,
        components(jar, headers.getValue("Service-Component")),
        objectClasses(jar));
  }

  private static List<ComponentXml> components(JarFile jar, String header)
      throws IOException, XMLStreamException {
    List<ComponentXml> out = new ArrayList<>();
    for (Clause clause : Clause.parse(header)) {
      for (ZipEntry entry : matching(jar, clause.path())) {
        try (InputStream in = jar.getInputStream(entry)) {
          out.addAll(ComponentXml.read(in));
        }
      }
    }
    return out;
  }

  private static List<ZipEntry> matching(JarFile jar, String path) {
    if (!path.contains("*")) {
      return Optional.ofNullable(jar.getEntry(path)).stream().toList();
    }
    String pattern = java.util.regex.Pattern.quote(path).replace("*", "\\E[^/]*\\Q");
    return jar.stream()
        .filter(entry -> entry.getName().matches(pattern))
        .map(ZipEntry.class::cast)
        .toList();
  }

  private static List<MetatypeXml> objectClasses(JarFile jar)
      throws IOException, XMLStreamException {
    List<MetatypeXml> out = new ArrayList<>();
    for (ZipEntry entry : matching(jar, "OSGI-INF/metatype/*.xml")) {
      try (InputStream in = jar.getInputStream(entry)) {
        out.addAll(MetatypeXml.read(in));
      }
    }
    return out;
  }

  private static Refusal unusable(Path file, String why) {
    return Refusal.failed(
        "BG-BUNDLE-001",
        file.toString(),
        "the file is no OSGi bundle: " + why,
        "name a jar whose manifest was written by bnd");
  }
}
