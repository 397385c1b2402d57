package io.bellgate.launcher.bundle;

import java.io.InputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads XML that came in a jar: no document types, no external entities. */
final class Xml {
  private Xml() {}

  static XMLStreamReader reader(InputStream in) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    return factory.createXMLStreamReader(in);
  }

  static String attribute(XMLStreamReader xml, String name, String otherwise) {
    String value = xml.getAttributeValue(null, name);
    return value == null ? otherwise : value;
  }
}
