package io.bellgate.launcher.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.fixture.BundleBuilder;
import io.bellgate.launcher.fixture.TestProgram;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposerTest {
  @TempDir Path folder;
  private TestProgram program;

  @BeforeEach
  void prepare() {
    program =
        new TestProgram(folder)
            .bundle("one", "1.0.0")
            .bundle("one", "1.1.0")
            .bundle("two", "2.0.0");
  }

  private String refusal(String... names) {
    return assertThrows(Refusal.class, () -> program.compose(names)).getMessage();
  }

  private static String requires(String... names) {
    return "\"extensions\": {\"bellgate:requires\": {\"type\": \"text\", \"kind\": \"mandatory\","
        + " \"text\": [\""
        + String.join("\", \"", names)
        + "\"]}}";
  }

  @Test
  void takesABundleNamedTwiceOnceAndStartsItAtTheEarlierOrder() {
    program.feature("a", "\"bundles\": [{\"id\": \"test:one:1.0.0\", \"start-order\": 9}]");
    program.feature(
        "b",
        "\"bundles\": [{\"id\": \"test:one:1.0.0\", \"start-order\": 4}, {\"id\": \"test:two:2.0.0\", \"start-order\": 2}]");
    Composition composition = program.compose("a", "b");
    assertEquals(
        List.of("two 2.0.0", "one 1.0.0"),
        composition.bundles().stream().map(p -> p.title()).toList());
    assertEquals(4, composition.bundles().get(1).startOrder());
  }

  @Test
  void refusesTwoVersionsOfWhatHasComponentsAndNamesBoth() {
    for (String version : List.of("1.0.0", "1.1.0")) {
      program.bundle(
          BundleBuilder.of("one", version).component("p", "optional", ""), "one", version);
    }
    program.feature("a", "\"bundles\": [{\"id\": \"test:one:1.0.0\"}]");
    program.feature("b", "\"bundles\": [{\"id\": \"test:one:1.1.0\"}]");
    String message = refusal("a", "b");
    assertTrue(message.contains("BG-FEATURE-015"), message);
    assertTrue(
        message.contains("test:one:1.0.0 of feature a and test:one:1.1.0 of feature b"), message);
  }

  @Test
  void putsTwoVersionsOfALibrarySideBySide() {
    program.feature("a", "\"bundles\": [{\"id\": \"test:one:1.0.0\"}]");
    program.feature("b", "\"bundles\": [{\"id\": \"test:one:1.1.0\"}]");
    assertEquals(
        List.of("one 1.0.0", "one 1.1.0"),
        program.compose("a", "b").bundles().stream().map(p -> p.title()).sorted().toList());
  }

  @Test
  void refusesOnePropertyWithTwoValuesAndNamesBothFeatures() {
    program.feature("a", "\"configurations\": {\"p\": {\"x\": 1, \"same\": true}}");
    program.feature("b", "\"configurations\": {\"p\": {\"x\": 2, \"same\": true, \"more\": 3}}");
    String message = refusal("a", "b");
    assertTrue(message.contains("BG-FEATURE-011"), message);
    assertTrue(message.contains("pid=p property=x a=1 b=2"), message);
  }

  @Test
  void unitesPropertiesOfOnePidThatDoNotDiffer() {
    program.feature("a", "\"configurations\": {\"p\": {\"x\": 1, \"same\": true}}");
    program.feature("b", "\"configurations\": {\"p\": {\"same\": true, \"more\": 3}}");
    assertEquals(
        Json.createObjectBuilder().add("x", 1).add("same", true).add("more", 3).build(),
        program.compose("a", "b").configurations().get("p"));
  }

  @Test
  void refusesOneFrameworkPropertyWithTwoValues() {
    String extension =
        "\"extensions\": {\"framework-launching-properties\": {\"type\": \"json\", \"json\": {\"x\": \"%s\"}}}";
    program.feature("a", extension.formatted("1")).feature("b", extension.formatted("2"));
    assertTrue(refusal("a", "b").contains("BG-FEATURE-012"));
    assertEquals("1", program.compose("a").framework().get("x"));
  }

  @Test
  void bringsRequiredFeaturesBeforeTheirUsers() {
    program.feature("base", "\"bundles\": []").feature("mid", requires("base"));
    program.feature("top", requires("mid", "base"));
    assertEquals(List.of("base", "mid", "top"), program.compose("top").features());
  }

  @Test
  void refusesFeaturesThatRequireEachOtherAndShowsTheCircle() {
    program.feature("a", requires("b")).feature("b", requires("a"));
    assertTrue(refusal("a").contains("a -> b -> a"));
  }

  @Test
  void suggestsTheNearestNameOfAMissingFeature() {
    program.feature("gateway", "\"bundles\": []");
    assertTrue(refusal("gatewy").contains("did you mean gateway?"));
  }

  @Test
  void namesAMissingJar() {
    program.feature("a", "\"bundles\": [{\"id\": \"test:none:1.0.0\"}]");
    String message = refusal("a");
    assertTrue(message.contains("BG-FEATURE-013") && message.contains("test:none:1.0.0"), message);
  }

  @Test
  void refusesAJarWhoseDigestDiffersFromItsFeature() {
    program.feature(
        "a", "\"bundles\": [{\"id\": \"test:one:1.0.0\", \"sha256\": \"" + "0".repeat(64) + "\"}]");
    assertTrue(refusal("a").contains("BG-FEATURE-014"));
  }

  @Test
  void refusesAJarThatIsNoBundle() throws Exception {
    program.bundle("bad", "1.0.0").feature("a", "\"bundles\": [{\"id\": \"test:bad:1.0.0\"}]");
    Files.writeString(
        program.program().home().resolve("system/test/bad/1.0.0/bad-1.0.0.jar"), "not a jar");
    assertTrue(refusal("a").contains("BG-BUNDLE-001"));
  }

  @Test
  void reportsEveryConflictAtOnce() {
    program.feature("a", "\"bundles\": [{\"id\": \"test:x:1.0.0\"}, {\"id\": \"test:y:1.0.0\"}]");
    assertEquals(2, assertThrows(Refusal.class, () -> program.compose("a")).findings().size());
  }

  @Test
  void digestChangesWithTheContentOfAJar() {
    program.feature("a", "\"bundles\": [{\"id\": \"test:two:2.0.0\"}]");
    String before = program.compose("a").digest();
    assertEquals(before, program.compose("a").digest());
    program.bundle(BundleBuilder.of("two", "2.0.0").resource("x", "y"), "two", "2.0.0");
    assertTrue(!before.equals(program.compose("a").digest()));
  }

  @Test
  void writesACompositionThatComposesToTheSame() {
    program.feature(
        "base",
        "\"bundles\": [{\"id\": \"test:one:1.0.0\", \"start-order\": 3}], \"configurations\": {\"p\": {\"x:Integer\": 1}}");
    program.feature("top", "\"bundles\": [{\"id\": \"test:two:2.0.0\"}], " + requires("base"));
    Composition composition = program.compose("top");
    program.file("features/composed.json", CompositionJson.of(composition).toString());
    Composition again = program.compose("composed");
    assertEquals(composition.digest(), again.digest());
    assertEquals(composition.configurations(), again.configurations());
  }
}
