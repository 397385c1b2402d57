package io.bellgate.launcher.bundle;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One component description (OSGi Compendium chapter 112).
 *
 * @param name name of the component
 * @param pids PIDs of its configurations
 * @param needsConfiguration whether its configuration policy is {@code require}
 */
public record ComponentXml(String name, List<String> pids, boolean needsConfiguration) {
  public ComponentXml {
    pids = List.copyOf(pids);
  }

  static List<ComponentXml> read(InputStream in) throws XMLStreamException {
    List<ComponentXml> out = new ArrayList<>();
    XMLStreamReader xml = Xml.reader(in);
    while (xml.hasNext()) {
      if (xml.next() == XMLStreamReader.START_ELEMENT && xml.getLocalName().equals("component")) {
        out.add(component(xml));
      }
    }
    return out;
  }

  private static ComponentXml component(XMLStreamReader xml) {
    String name = Xml.attribute(xml, "name", "");
    List<String> pids = new ArrayList<>();
    for (String pid : Xml.attribute(xml, "configuration-pid", "$").split("\\s+")) {
      pids.add(pid.equals("$") ? name : pid);
    }
    String policy = Xml.attribute(xml, "configuration-policy", "optional");
    return new ComponentXml(name, pids, policy.equals("require"));
  }
}
