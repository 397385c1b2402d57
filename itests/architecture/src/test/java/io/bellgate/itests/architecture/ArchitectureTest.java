package io.bellgate.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md and CONTRIBUTING.md, on what was built. */
class ArchitectureTest {
  /** Names that are to be changed; an entry goes with its class. */
  private static final List<String> KNOWN_NAMES =
      List.of("class io.bellgate.launcher.runtime.Logging$Manager");

  private static void none(List<String> findings) {
    assertEquals("", String.join("\n", findings));
  }

  private static List<Unit> bundlesAndVariants() throws IOException {
    List<Unit> all = new ArrayList<>(Repository.bundles());
    all.addAll(Repository.variants());
    return all;
  }

  private static List<Unit> ours() throws IOException {
    List<Unit> all = new ArrayList<>(bundlesAndVariants());
    all.add(Repository.launcher());
    return all;
  }

  @Test
  void bundlesImportOnlyApi() throws Exception {
    none(Checks.importsOnlyApi(bundlesAndVariants()));
  }

  @Test
  void providersExportNothing() throws Exception {
    none(Checks.exportNothing(bundlesAndVariants()));
  }

  @Test
  void bundlesHoldOnlyTheirOwn() throws Exception {
    none(Checks.holdOnlyTheirOwn(bundlesAndVariants()));
  }

  @Test
  void folderNameAndPackageAreOne() throws Exception {
    none(Checks.haveOneName(ours()));
  }

  @Test
  void packagesFormNoCycle() throws Exception {
    none(Checks.packagesFormNoCycle(ours()));
  }

  @Test
  void namesSayWhatAThingIs() throws Exception {
    assertEquals(KNOWN_NAMES, Checks.bannedNames(ours()));
  }

  @Test
  void needsFormNoCycle() throws Exception {
    none(Checks.needsFormNoCycle(Repository.bundles()));
  }

  @Test
  void swappableReferencesAreOptionalAndDynamic() throws Exception {
    none(Checks.swappableReferencesAreOptionalAndDynamic(bundlesAndVariants()));
  }

  @Test
  void needsAreDeclared() throws Exception {
    none(Checks.needsAreDeclared(bundlesAndVariants()));
  }

  @Test
  void arrowsAreDocumented() throws Exception {
    Map<String, Set<String>> used = new TreeMap<>();
    for (Unit unit : ours()) {
      unit.packageArrows()
          .forEach((from, to) -> used.computeIfAbsent(from, f -> new TreeSet<>()).addAll(to));
    }
    used.values().removeIf(Set::isEmpty);
    if (Boolean.getBoolean("arrows.update")) {
      Arrows.write(used);
    }
    assertEquals(
        Arrows.render(Arrows.documented()),
        Arrows.render(used),
        "the arrow list of docs/architecture.md says what the code does; mvn verify -Darrows.update=true writes it anew");
  }

  @Test
  void jarsAreReproducible() throws Exception {
    LocalDateTime built =
        OffsetDateTime.parse(System.getProperty("bellgate.timestamp")).toLocalDateTime();
    none(Checks.notReproducible(Repository.shipped(), built));
  }
}
