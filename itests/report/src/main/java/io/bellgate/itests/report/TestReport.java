package io.bellgate.itests.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Reads the reports that Surefire and Failsafe write. */
final class TestReport {
  private TestReport() {}

  /**
   * One test.
   *
   * @param name class and method
   * @param skipped why it did not run; empty if it did
   */
  record Case(String name, Optional<String> skipped) {}

  static List<Case> read(Path file) throws IOException {
    List<Case> cases = new ArrayList<>();
    try {
      NodeList tests =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getElementsByTagName("testcase");
      for (int i = 0; i < tests.getLength(); i++) {
        Element test = (Element) tests.item(i);
        NodeList skipped = test.getElementsByTagName("skipped");
        cases.add(
            new Case(
                test.getAttribute("classname") + "." + test.getAttribute("name"),
                skipped.getLength() == 0
                    ? Optional.empty()
                    : Optional.of(reason((Element) skipped.item(0)))));
      }
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException("a test report cannot be read: file=" + file, e);
    }
    return cases;
  }

  private static String reason(Element skipped) {
    String message = skipped.getAttribute("message");
    String text = message.isBlank() ? skipped.getTextContent() : message;
    return text.isBlank()
        ? "no reason given"
        : text.strip().lines().findFirst().orElse("").replace("Assumption failed: ", "");
  }
}
