package io.bellgate.launcher.bundle;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The properties one PID may have (OSGi Compendium chapter 105).
 *
 * @param pid PID or factory PID
 * @param description what the configuration is for; may be empty
 * @param attributes property name to definition, in the order of the document
 */
public record MetatypeXml(String pid, String description, Map<String, Attribute> attributes) {

  /**
   * One property.
   *
   * @param type {@code String}, {@code Integer}, {@code Long}, {@code Double}, {@code Float},
   *     {@code Short}, {@code Byte}, {@code Character}, {@code Boolean} or {@code Password}
   * @param many whether it is a list
   * @param defaults its default as written, values separated by commas; empty if none
   * @param options the only values allowed; empty for any
   * @param min smallest value as written; empty if none
   * @param max largest value as written; empty if none
   * @param description what it means, with its unit
   */
  public record Attribute(
      String type,
      boolean many,
      String defaults,
      List<String> options,
      String min,
      String max,
      String description) {
    public Attribute {
      options = List.copyOf(options);
    }
  }

  static List<MetatypeXml> read(InputStream in) throws XMLStreamException {
    XMLStreamReader xml = Xml.reader(in);
    Map<String, MetatypeXml> classes = new HashMap<>();
    Map<String, String> designates = new LinkedHashMap<>();
    String pid = "";
    while (xml.hasNext()) {
      if (xml.next() != XMLStreamReader.START_ELEMENT) {
        continue;
      }
      switch (xml.getLocalName()) {
        case "OCD" -> {
          MetatypeXml ocd = objectClass(xml);
          classes.put(ocd.pid(), ocd);
        }
        case "Designate" -> pid = Xml.attribute(xml, "factoryPid", Xml.attribute(xml, "pid", ""));
        case "Object" -> designates.put(pid, Xml.attribute(xml, "ocdref", ""));
        default -> {}
      }
    }
    List<MetatypeXml> out = new ArrayList<>();
    designates.forEach(
        (name, reference) -> {
          MetatypeXml ocd = classes.get(reference);
          if (ocd != null) {
            out.add(new MetatypeXml(name, ocd.description(), ocd.attributes()));
          }
        });
    return out;
  }

  private static MetatypeXml objectClass(XMLStreamReader xml) throws XMLStreamException {
    String id = Xml.attribute(xml, "id", "");
    String description = Xml.attribute(xml, "description", "");
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    while (!ends(xml.next(), xml, "OCD")) {
      if (xml.isStartElement() && xml.getLocalName().equals("AD")) {
        attributes.put(Xml.attribute(xml, "id", ""), attribute(xml));
      }
    }
    return new MetatypeXml(id, description, attributes);
  }

  private static Attribute attribute(XMLStreamReader xml) throws XMLStreamException {
    String type = Xml.attribute(xml, "type", "String");
    boolean many = !Xml.attribute(xml, "cardinality", "0").equals("0");
    String defaults = Xml.attribute(xml, "default", "");
    String min = Xml.attribute(xml, "min", "");
    String max = Xml.attribute(xml, "max", "");
    String description = Xml.attribute(xml, "description", "");
    List<String> options = new ArrayList<>();
    while (!ends(xml.next(), xml, "AD")) {
      if (xml.isStartElement() && xml.getLocalName().equals("Option")) {
        options.add(Xml.attribute(xml, "value", ""));
      }
    }
    return new Attribute(
        type.equals("Char") ? "Character" : type, many, defaults, options, min, max, description);
  }

  private static boolean ends(int event, XMLStreamReader xml, String element) {
    return event == XMLStreamReader.END_ELEMENT && xml.getLocalName().equals(element);
  }
}
