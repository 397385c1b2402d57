package io.bellgate.launcher.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.fixture.Damage;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {
  @TempDir Path folder;

  private Site read(String site, String overlay) throws IOException {
    Path alice = Files.createDirectories(folder.resolve("alice"));
    Files.writeString(alice.resolve("site.json"), site);
    Files.deleteIfExists(alice.resolve("overlay.json"));
    if (!overlay.isEmpty()) {
      Files.writeString(alice.resolve("overlay.json"), overlay);
    }
    return Site.read(folder, "alice");
  }

  private String refusal(String members) {
    return assertThrows(Refusal.class, () -> read(site(members), "")).getMessage();
  }

  private static String site(String members) {
    return "{\n\"site\": \"alice\", \"features\": [\"gateway\"]"
        + (members.isEmpty() ? "" : ",\n" + members)
        + "}";
  }

  @Test
  void readsWhatInitWrites() throws IOException {
    Site site = read(SiteTemplate.of("alice"), "");
    assertEquals(List.of("gateway-pqc"), site.features());
    assertEquals(5683, Effective.of(site.layers()).sockets().get("coap").getInt("port"));
  }

  @Test
  void letsTheOverlayWinPropertyByPropertyAndTakeValuesAway() throws IOException {
    Site site =
        read(
            site("\"configuration\": {\"p\": {\"a\": 1, \"b\": 2, \"c\": 3}}"),
            "{\"configuration\": {\"p\": {\"b\": 20, \"c\": null}}, \"features\": [\"base\"]}");
    Effective effective = Effective.of(site.layers());
    assertEquals("{\"a\":1,\"b\":20}", effective.configurations().get("p").toString());
    assertEquals("overlay", effective.sections().get("configuration/p").get("b").layer().name());
    assertEquals("site", effective.sections().get("configuration/p").get("a").layer().name());
    assertEquals(List.of("base"), site.features());
  }

  @Test
  void letsAnUntypedValueReplaceATypedOne() throws IOException {
    Site site =
        read(
            site("\"configuration\": {\"p\": {\"a:Integer\": 1}}"),
            "{\"configuration\": {\"p\": {\"a\": 2}}}");
    assertEquals("{\"a\":2}", Effective.of(site.layers()).configurations().get("p").toString());
  }

  @Test
  void refusesAnUnknownFieldWithLineAndNearestName() {
    String message = refusal("\"sokets\": {}");
    assertTrue(
        message.contains("BG-CONFIG-001") && message.contains("site.json:3 /sokets"), message);
    assertTrue(message.contains("did you mean sockets?"), message);
  }

  @Test
  void refusesWrongTypes() {
    assertTrue(refusal("\"sockets\": []").contains("BG-CONFIG-002"));
    assertTrue(refusal("\"configuration\": {\"p\": 5}").contains("BG-CONFIG-002"));
    assertTrue(refusal("\"framework\": {\"p\": 5}").contains("BG-CONFIG-002"));
  }

  @Test
  void refusesPortsOutOfRange() {
    for (String port : new String[] {"65536", "-1", "1.5", "1e99"}) {
      String message = refusal("\"sockets\": {\"x\": {\"type\": \"udp\", \"port\": " + port + "}}");
      assertTrue(message.contains("BG-CONFIG-007") && message.contains("/sockets/x/port"), message);
    }
  }

  @Test
  void refusesValuesThatDoNotExist() {
    assertTrue(
        refusal("\"sockets\": {\"x\": {\"type\": \"sctp\", \"port\": 1}}")
            .contains("BG-CONFIG-006"));
    assertTrue(
        refusal("\"sockets\": {\"control\": {\"type\": \"tcp\", \"port\": 1}}")
            .contains("BG-CONFIG-006"));
    assertTrue(refusal("\"logging\": {\"level\": \"LOUD\"}").contains("BG-CONFIG-006"));
    assertTrue(refusal("\"logging\": {\"files\": 0}").contains("BG-CONFIG-006"));
    assertTrue(
        refusal("\"configuration\": {\"p\": {\"x\": \"${home}/${nope}\"}}")
            .contains("variable=nope"));
  }

  @Test
  void refusesAMemberThatStandsTwice() {
    assertTrue(refusal("\"logging\": {}, \"logging\": {}").contains("BG-JSON-003"));
  }

  @Test
  void refusesASiteOfAnotherName() {
    assertTrue(
        assertThrows(Refusal.class, () -> read(site("").replace("alice", "bob"), ""))
            .getMessage()
            .contains("BG-CONFIG-009"));
    assertThrows(Refusal.class, () -> Site.read(folder, "../alice"));
    assertTrue(
        assertThrows(Refusal.class, () -> Site.read(folder, "carol"))
            .getMessage()
            .contains("bellgate init carol"));
  }

  @Test
  void replacesVariablesInEveryString() {
    Variables variables = Variables.of("alice", Path.of("/d"), Path.of("/h"), Path.of("/c"));
    assertEquals(
        "{\"a\":[\"/d/x\",{\"b\":\"alice $1\"}],\"n\":1}",
        variables
            .replace(
                JsonDocument.parse(
                        "x", "{\"a\": [\"${data}/x\", {\"b\": \"${site} $1\"}], \"n\": 1}")
                    .root())
            .toString());
  }

  @Test
  void answersEveryDamagedFileWithARefusal() throws IOException {
    long seed = System.nanoTime();
    System.out.println("SiteTest seed=" + seed);
    Random random = new Random(seed);
    String good = SiteTemplate.of("alice");
    for (int i = 0; i < 1500; i++) {
      String damaged = Damage.once(good, random);
      try {
        Effective.of(
            read(
                    new String(
                        damaged.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        java.nio.charset.StandardCharsets.UTF_8),
                    "")
                .layers());
      } catch (Refusal e) {
        assertTrue(e.getMessage().contains("BG-"), e.getMessage());
      }
    }
  }
}
