package io.bellgate.launcher.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.fixture.Damage;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.report.Refusal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureReaderTest {
  private static final String GOOD =
      """
      {
        // a comment
        "feature-resource-version": "1.0",
        "id": "test:good:osgifeature:good:1.0.0",
        "name": "good", /* another */
        "description": "text with // no comment",
        "bundles": [{"id": "a.b:c:1.0.0", "start-order": 5}, {"id": "a.b:d:jar:x:1.0.0"}],
        "configurations": {"pid": {"port:Integer": 5}},
        "extensions": {
          "bellgate:requires": {"type": "text", "kind": "mandatory", "text": ["base"]},
          "someone:else": {"type": "text", "kind": "optional", "text": ["x"]}
        }
      }
      """;

  private final FeatureReader reader = new FeatureReader();

  private FeatureFile read(String text) {
    return reader.read("good", JsonDocument.parse("good.json", text));
  }

  private String refusal(String text) {
    return assertThrows(Refusal.class, () -> read(text)).getMessage();
  }

  @Test
  void readsAFeatureWithComments() {
    FeatureFile feature = read(GOOD);
    assertEquals(List.of("base"), feature.requires());
    assertEquals("text with // no comment", feature.description());
    assertEquals(5, feature.bundles().get(0).startOrder());
    assertEquals(FeatureFile.DEFAULT_START_ORDER, feature.bundles().get(1).startOrder());
    assertEquals("a/b/d/1.0.0/d-1.0.0-x.jar", feature.bundles().get(1).id().path());
    assertEquals(5, feature.configurations().get("pid").getInt("port:Integer"));
  }

  @Test
  void refusesAnUnknownMemberWithItsLine() {
    String message = refusal(GOOD.replace("\"name\"", "\"nam\""));
    assertTrue(message.contains("good.json:5") && message.contains("did you mean name?"), message);
  }

  @Test
  void refusesAMandatoryExtensionItDoesNotKnow() {
    assertTrue(refusal(GOOD.replace("optional", "mandatory")).contains("BG-FEATURE-003"));
  }

  @Test
  void refusesAStartOrderOutOfRange() {
    assertTrue(
        refusal(GOOD.replace("\"start-order\": 5", "\"start-order\": 0"))
            .contains("BG-FEATURE-004"));
    assertTrue(
        refusal(GOOD.replace("\"start-order\": 5", "\"start-order\": \"5\"")).contains("value=5"));
  }

  @Test
  void refusesAnIdThatLeavesTheRepository() {
    assertTrue(refusal(GOOD.replace("a.b:c:1.0.0", "a.b:..:1.0.0")).contains("BG-FEATURE"));
    assertTrue(refusal(GOOD.replace("a.b:c:1.0.0", "a.b:c/../../x:1.0.0")).contains("BG-FEATURE"));
  }

  @Test
  void answersEveryDamagedFileWithARefusal() {
    long seed = System.nanoTime();
    System.out.println("FeatureReaderTest seed=" + seed);
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      try {
        read(Damage.once(GOOD, random));
      } catch (Refusal e) {
        assertTrue(e.getMessage().contains("BG-"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 1000, "refused=" + refused);
  }
}
