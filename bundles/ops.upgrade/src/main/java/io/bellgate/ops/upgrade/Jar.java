package io.bellgate.ops.upgrade;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What a bundle file says of itself.
 *
 * @param file where it is
 * @param symbolicName without parameters
 * @param version of the bundle
 * @param library whether it has no components: others are wired to it
 * @param reads state formats its component can read, from its component description
 */
record Jar(Path file, String symbolicName, Version version, boolean library, List<Integer> reads) {
  private static final String COMPONENTS = "Service-Component";

  /** What the file of an installed bundle says. */
  static Jar of(Bundle bundle) {
    return read(Path.of(URI.create(bundle.getLocation().replaceFirst("^reference:", ""))));
  }

  /**
   * Reads a bundle file.
   *
   * @throws Refused with BG-SWAP-001 if it is no bundle
   */
  static Jar read(Path file) {
    try (JarFile jar = new JarFile(file.toFile())) {
      Attributes manifest =
          jar.getManifest() == null ? new Attributes() : jar.getManifest().getMainAttributes();
      String name = manifest.getValue(Constants.BUNDLE_SYMBOLICNAME);
      String version = manifest.getValue(Constants.BUNDLE_VERSION);
      if (name == null || version == null) {
        throw new Refused(
            "BG-SWAP-001",
            "a bundle names itself in its manifest (Bundle-SymbolicName, Bundle-Version): file="
                + file);
      }
      return new Jar(
          file,
          name.split(";")[0].strip(),
          Version.parseVersion(version),
          manifest.getValue(COMPONENTS) == null,
          reads(jar, manifest.getValue(COMPONENTS)));
    } catch (IOException | IllegalArgumentException e) {
      throw new Refused(
          "BG-SWAP-001",
          "a swap takes a bundle file (a jar): file=" + file + ": " + e.getMessage());
    }
  }

  private static List<Integer> reads(JarFile jar, String components) throws IOException {
    TreeSet<Integer> formats = new TreeSet<>();
    for (String path : components == null ? new String[0] : components.split("\\s*,\\s*")) {
      ZipEntry entry = jar.getEntry(path);
      if (entry != null) {
        try (InputStream in = jar.getInputStream(entry)) {
          formats.addAll(reads(in));
        }
      }
    }
    return new ArrayList<>(formats.descendingSet());
  }

  private static List<Integer> reads(InputStream description) throws IOException {
    List<Integer> formats = new ArrayList<>();
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      NodeList properties =
          factory.newDocumentBuilder().parse(description).getElementsByTagName("property");
      for (int i = 0; i < properties.getLength(); i++) {
        Element property = (Element) properties.item(i);
        if (property.getAttribute("name").equals("handover.reads")) {
          String values =
              property.hasAttribute("value")
                  ? property.getAttribute("value")
                  : property.getTextContent();
          for (String value : values.strip().split("\\s+")) {
            formats.add(Integer.valueOf(value));
          }
        }
      }
    } catch (ParserConfigurationException | SAXException | NumberFormatException e) {
      throw new IOException("a component description cannot be read: " + e.getMessage(), e);
    }
    return formats;
  }
}
