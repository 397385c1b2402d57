package io.bellgate.launcher.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.launcher.fixture.BundleBuilder;
import io.bellgate.launcher.fixture.TestProgram;
import io.bellgate.launcher.report.Finding;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureCheckTest {
  private static final String ACTIVE = ";effective:=active;filter:=\"(objectClass=%s)\"";

  @TempDir Path folder;
  private TestProgram program;

  @BeforeEach
  void prepare() {
    program = new TestProgram(folder);
  }

  private void add(BundleBuilder bundle, String name) {
    program.bundle(bundle, name, "1.0.0");
  }

  private List<Finding> check(String... bundles) {
    String list =
        List.of(bundles).stream()
            .map(name -> "{\"id\": \"test:" + name + ":1.0.0\"}")
            .collect(Collectors.joining(", "));
    program.feature("f", "\"bundles\": [" + list + "]");
    return FeatureCheck.check(program.compose("f"));
  }

  private static String text(List<Finding> findings) {
    return findings.stream().map(Finding::text).collect(Collectors.joining("\n"));
  }

  private static BundleBuilder needs(String name, String service) {
    return BundleBuilder.of(name, "1.0.0")
        .header("Require-Capability", "osgi.service" + ACTIVE.formatted(service));
  }

  private static BundleBuilder provides(BundleBuilder bundle, String service) {
    return bundle.header(
        "Provide-Capability",
        "osgi.service;objectClass:List<String>=\"" + service + "\";effective:=active");
  }

  @Test
  void acceptsBundlesThatResolve() {
    add(
        BundleBuilder.of("user", "1.0.0").header("Import-Package", "p;version=\"[1,2)\",java.util"),
        "user");
    add(BundleBuilder.of("maker", "1.0.0").header("Export-Package", "p;version=\"1.2\""), "maker");
    assertEquals(List.of(), check("user", "maker"));
  }

  @Test
  void namesThePackageNobodyExportsAndItsVersions() {
    add(BundleBuilder.of("user", "1.0.0").header("Import-Package", "p;version=\"[2,3)\""), "user");
    add(BundleBuilder.of("maker", "1.0.0").header("Export-Package", "p;version=\"1.2\""), "maker");
    String text = text(check("user", "maker"));
    assertTrue(
        text.contains("BG-FEATURE-020") && text.contains("bundle=user 1.0.0 missing=package p"),
        text);
    assertTrue(text.contains("version>=2"), text);
  }

  @Test
  void tellsWhichOtherBundleIsToBlame() {
    add(BundleBuilder.of("user", "1.0.0").header("Import-Package", "p"), "user");
    add(
        BundleBuilder.of("maker", "1.0.0")
            .header("Export-Package", "p")
            .header("Import-Package", "gone"),
        "maker");
    String text = text(check("user", "maker"));
    assertTrue(text.contains("BG-FEATURE-021") && text.contains("of=maker 1.0.0"), text);
    assertTrue(text.contains("missing=package gone"), text);
  }

  @Test
  void tellsOfPackagesFromTwoPlaces() {
    add(BundleBuilder.of("old", "1.0.0").header("Export-Package", "q;version=\"1.0\""), "old");
    add(BundleBuilder.of("new", "1.0.0").header("Export-Package", "q;version=\"2.0\""), "new");
    add(
        BundleBuilder.of("mid", "1.0.0")
            .header("Import-Package", "q;version=\"[1,2)\"")
            .header("Export-Package", "p;uses:=\"q\""),
        "mid");
    add(
        BundleBuilder.of("user", "1.0.0").header("Import-Package", "p,q;version=\"[2,3)\""),
        "user");
    String text = text(check("old", "new", "mid", "user"));
    assertTrue(text.contains("BG-FEATURE-022") && text.contains("bundle=user 1.0.0"), text);
  }

  @Test
  void namesTheServiceNobodyProvides() {
    add(needs("user", "x.Pool"), "user");
    String text = text(check("user"));
    assertTrue(
        text.contains("BG-FEATURE-024")
            && text.contains("bundle=user 1.0.0 service=(objectClass=x.Pool)"),
        text);
  }

  @Test
  void acceptsServicesOfBundlesAndOfTheLauncher() {
    add(needs("user", "x.Pool"), "user");
    add(provides(BundleBuilder.of("maker", "1.0.0"), "x.Pool"), "maker");
    add(
        BundleBuilder.of("borrower", "1.0.0")
            .header(
                "Require-Capability",
                "osgi.service;effective:=active;filter:=\"(&(objectClass=java.util.function.Function)(bellgate.sockets=true))\""),
        "borrower");
    assertEquals(List.of(), check("user", "maker", "borrower"));
  }

  @Test
  void ignoresOptionalServices() {
    add(
        BundleBuilder.of("user", "1.0.0")
            .header(
                "Require-Capability",
                "osgi.service;resolution:=optional" + ACTIVE.formatted("x.Y")),
        "user");
    assertEquals(List.of(), check("user"));
  }

  @Test
  void showsTheCircleOfBundlesThatNeedEachOther() {
    add(provides(needs("a", "x.B"), "x.A"), "a");
    add(provides(needs("b", "x.A"), "x.B"), "b");
    assertTrue(text(check("a", "b")).contains("a -> b -> a"));
  }

  @Test
  void warnsOfAComponentWithoutTheConfigurationItNeeds() {
    add(
        BundleBuilder.of("c", "1.0.0").component("c.pid", "require", "<AD id='x' type='Integer'/>"),
        "c");
    List<Finding> findings = check("c");
    assertTrue(text(findings).contains("BG-CONFIG-013") && text(findings).contains("pid=c.pid"));
    assertFalse(findings.stream().anyMatch(Finding::failed));
  }

  @Test
  void judgesTheDefaultsOfAFeature() {
    add(
        BundleBuilder.of("c", "1.0.0").component("c.pid", "require", "<AD id='x' type='Integer'/>"),
        "c");
    program.feature(
        "g",
        "\"bundles\": [{\"id\": \"test:c:1.0.0\"}], \"configurations\": {\"c.pid\": {\"another\": 1}}");
    String text = text(FeatureCheck.check(program.compose("g")));
    assertTrue(text.contains("BG-CONFIG-004") && text.contains("known are x"), text);
  }
}
