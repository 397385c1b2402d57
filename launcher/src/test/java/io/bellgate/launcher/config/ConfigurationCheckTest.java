package io.bellgate.launcher.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.bundle.BundleJar;
import io.bellgate.launcher.fixture.BundleBuilder;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationCheckTest {
  private static final String ATTRIBUTES =
      """
      <AD id='port' type='Integer'/>
      <AD id='retries' type='Integer' min='1' max='5'/>
      <AD id='mode' type='String'><Option label='a' value='fast'/><Option label='b' value='slow'/></AD>
      <AD id='names' type='String' cardinality='2147483647'/>
      <AD id='on' type='Boolean'/>
      <AD id='ratio' type='Double'/>
      <AD id='key' type='Password'/>
      """;

  @TempDir Path folder;
  private ConfigurationCheck check;

  @BeforeEach
  void prepare() {
    Path jar =
        BundleBuilder.of("b", "1.0.0")
            .component("io.x.node", "require", ATTRIBUTES)
            .write(folder.resolve("b.jar"));
    check = new ConfigurationCheck(List.of(BundleJar.read(jar)));
  }

  private String findings(String pid, String properties) {
    JsonDocument document =
        JsonDocument.parse(
            "site.json", "{\"configuration\": {\n\"" + pid + "\": {\n" + properties + "}}}");
    return check.check(Layer.of("site", document)).stream()
        .map(Finding::text)
        .collect(Collectors.joining("\n"));
  }

  private void expect(String code, String properties) {
    String text = findings("io.x.node", properties);
    assertTrue(text.contains(code) && text.contains("site.json:3"), text);
  }

  @Test
  void acceptsWhatTheMetatypeAllows() {
    assertEquals(
        "",
        findings(
            "io.x.node",
            "\"port\": 5683, \"retries:Integer\": 5, \"mode\": \"fast\", \"names\": [\"a\", \"b\"],"
                + " \"on\": true, \"ratio\": 1, \"key\": \"file:/x\", \"service.ranking\": 3"));
    assertEquals("", findings("io.x.node~second", "\"names\": \"a\""));
  }

  @Test
  void refusesAnUnknownPidAndSuggestsTheNearest() {
    String text = findings("io.x.nod", "\"port\": 1");
    assertTrue(text.contains("BG-CONFIG-003") && text.contains("did you mean io.x.node?"), text);
  }

  @Test
  void refusesAnUnknownPropertyAndSuggestsTheNearest() {
    String text = findings("io.x.node", "\"retrys\": 1");
    assertTrue(text.contains("BG-CONFIG-004") && text.contains("did you mean retries?"), text);
  }

  @Test
  void refusesValuesOfTheWrongType() {
    expect("BG-CONFIG-005", "\"port\": \"5683\"");
    expect("BG-CONFIG-005", "\"port\": 1.5");
    expect("BG-CONFIG-005", "\"on\": \"yes\"");
    expect("BG-CONFIG-005", "\"mode\": [\"fast\"]");
    expect("BG-CONFIG-005", "\"names\": [1]");
    expect("BG-CONFIG-005", "\"ratio\": {}");
  }

  @Test
  void refusesValuesOutsideTheirRange() {
    expect("BG-CONFIG-006", "\"retries\": 0");
    expect("BG-CONFIG-006", "\"retries\": 6");
    expect("BG-CONFIG-006", "\"retries\": 99999999999");
    expect("BG-CONFIG-006", "\"mode\": \"medium\"");
    expect("BG-CONFIG-007", "\"port\": 65536");
  }

  @Test
  void refusesASecretInTheConfigurationAndDoesNotRepeatIt() {
    String text = findings("io.x.node", "\"key\": \"hunter2\"");
    assertTrue(text.contains("BG-CONFIG-008") && !text.contains("hunter2"), text);
  }

  @Test
  void warnsOfAComponentThatNothingConfigures() {
    List<Finding> findings = check.missing(Effective.of(List.of()));
    assertEquals("BG-CONFIG-013", findings.get(0).code());
    assertEquals(Finding.Level.WARN, findings.get(0).level());
  }

  @Test
  void isContentWithOneOfSeveralComponentsOfABundle() {
    Path jar =
        BundleBuilder.of("two", "1.0.0")
            .component("io.x.here", "require", ATTRIBUTES)
            .component("io.x.there", "require", ATTRIBUTES)
            .header("Service-Component", "OSGI-INF/io.x.here.xml,OSGI-INF/io.x.there.xml")
            .write(folder.resolve("two.jar"));
    ConfigurationCheck both = new ConfigurationCheck(List.of(BundleJar.read(jar)));
    JsonDocument document =
        JsonDocument.parse("site.json", "{\"configuration\": {\"io.x.here\": {\"port\": 1}}}");
    assertEquals(List.of(), both.missing(Effective.of(List.of(Layer.of("site", document)))));
    assertEquals(2, both.missing(Effective.of(List.of())).size());
  }
}
