package io.bellgate.itests.architecture;

import aQute.bnd.header.Attrs;
import aQute.bnd.header.OSGiHeader;
import aQute.bnd.header.Parameters;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * One built jar of ours.
 *
 * @param name its folder in the source tree
 * @param jar the file
 */
record Unit(String name, Path jar) {
  static final String OURS = "io.bellgate.";

  Attributes manifest() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getManifest().getMainAttributes();
    }
  }

  /** A header such as {@code Import-Package}, empty if absent; names may repeat. */
  Parameters header(String header) throws IOException {
    return OSGiHeader.parseHeader(manifest().getValue(header));
  }

  String symbolicName() throws IOException {
    String name = manifest().getValue("Bundle-SymbolicName");
    return name == null ? "" : name.split(";")[0].strip();
  }

  /** Clauses of one capability namespace; bnd marks repeated names with {@code ~}. */
  List<Attrs> clauses(String header, String namespace) throws IOException {
    List<Attrs> clauses = new ArrayList<>();
    header(header)
        .forEach(
            (name, attributes) -> {
              if (name.replace("~", "").equals(namespace)) {
                clauses.add(attributes);
              }
            });
    return clauses;
  }

  /** Types of the services that its components are declared to provide. */
  Collection<String> provides() throws IOException {
    Collection<String> types = new TreeSet<>();
    for (Attrs attributes : clauses("Provide-Capability", "osgi.service")) {
      String listed = attributes.get("objectClass");
      types.addAll(List.of(listed.split("\\s*,\\s*")));
    }
    return types;
  }

  /** Filters of the services that it says it needs to serve. */
  Collection<String> needs() throws IOException {
    Collection<String> filters = new TreeSet<>();
    for (Attrs attributes : clauses("Require-Capability", "osgi.service")) {
      if ("active".equals(attributes.get("effective:"))
          && !"optional".equals(attributes.get("resolution:"))) {
        filters.add(attributes.get("filter:"));
      }
    }
    return filters;
  }

  JavaClasses classes() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return new ClassFileImporter().importJar(file);
    }
  }

  /** Package to packages of ours that its classes use, without itself. */
  Map<String, Collection<String>> packageArrows() throws IOException {
    Map<String, Collection<String>> arrows = new TreeMap<>();
    for (JavaClass type : classes()) {
      if (type.getPackageName().startsWith(OURS)) {
        Collection<String> targets =
            arrows.computeIfAbsent(type.getPackageName(), p -> new TreeSet<>());
        type.getDirectDependenciesFromSelf().stream()
            .map(d -> d.getTargetClass().getBaseComponentType().getPackageName())
            .filter(p -> p.startsWith(OURS) && !p.equals(type.getPackageName()))
            .forEach(targets::add);
      }
    }
    return arrows;
  }

  List<String> entries() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream().map(JarEntry::getName).toList();
    }
  }

  /** References of its components, from the component descriptions. */
  List<Reference> references() throws IOException {
    List<Reference> references = new ArrayList<>();
    String components = manifest().getValue("Service-Component");
    for (String path : components == null ? new String[0] : components.split("\\s*,\\s*")) {
      Document document = xml(path);
      String component = document.getDocumentElement().getAttribute("name");
      NodeList elements = document.getElementsByTagName("reference");
      for (int i = 0; i < elements.getLength(); i++) {
        references.add(Reference.of(component, (Element) elements.item(i)));
      }
    }
    return references;
  }

  private Document xml(String path) throws IOException {
    try (JarFile file = new JarFile(jar.toFile());
        InputStream in = file.getInputStream(file.getEntry(path))) {
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
    } catch (javax.xml.parsers.ParserConfigurationException | org.xml.sax.SAXException e) {
      throw new IOException(path, e);
    }
  }

  /**
   * One reference of a component.
   *
   * @param component name
   * @param type of the service
   * @param mandatory whether the component cannot be without
   * @param several whether it takes any number
   * @param dynamic whether it survives a change
   */
  record Reference(
      String component, String type, boolean mandatory, boolean several, boolean dynamic) {
    static Reference of(String component, Element element) {
      String cardinality = element.getAttribute("cardinality");
      return new Reference(
          component,
          element.getAttribute("interface"),
          !cardinality.startsWith("0"),
          cardinality.endsWith("n"),
          element.getAttribute("policy").equals("dynamic"));
    }
  }
}
