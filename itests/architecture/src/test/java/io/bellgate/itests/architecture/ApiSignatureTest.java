package io.bellgate.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What others compile against changes only on purpose: it is compared with {@code
 * itests/architecture/api-signature.txt}, and a package that says something else has another
 * version.
 */
class ApiSignatureTest {
  private static final String HOW =
      """
      what bundles compile against has changed. If that is meant:
        1. raise @Version in the package-info of each package named below
           (OSGi semantic versioning; a new record component, enum constant or permitted subtype is major)
        2. run: mvn verify -Dapi.update=true   (before the first release: -Dapi.update=unreleased
           also takes a change under the old version)
        3. commit itests/architecture/api-signature.txt with the change
      """;

  @TempDir Path scratch;

  private static Unit api() throws IOException {
    return Repository.bundles().stream()
        .filter(u -> u.name().equals("api"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void isTheCommittedOne() throws Exception {
    Path golden = Repository.ROOT.resolve("itests/architecture/api-signature.txt");
    Signature before = Signature.parse(Files.exists(golden) ? Files.readString(golden) : "");
    Signature now = Signature.of(api());
    String update = System.getProperty("api.update", "false");
    if (!update.equals("unreleased")) {
      assertEquals(
          List.of(),
          now.changedUnderOneVersion(before),
          () -> HOW + String.join("\n", now.changesSince(before)) + "\nchanged under one version");
    }
    if (!update.equals("false")) {
      Files.writeString(golden, now.text());
      return;
    }
    assertEquals("", String.join("\n", now.changesSince(before)), HOW);
  }

  private Unit version(String name, String version, String body) throws IOException {
    return new WrongJar(scratch, name)
        .header("Export-Package", "io.bellgate.x;version=\"" + version + "\"")
        .type("io.bellgate.x.Pool", body)
        .build();
  }

  @Test
  void showsWhatChanged() throws Exception {
    Signature before = Signature.of(version("a", "1.0.0", "public static final int OCTETS = 32;"));
    Signature now =
        Signature.of(
            version(
                "b",
                "1.1.0",
                "public static final int OCTETS = 16; public <T> java.util.List<T> take(long n)"
                    + " throws java.io.IOException { return null; } void hidden() {}"));
    assertEquals(
        List.of(
            "package io.bellgate.x 1.0.0 -> 1.1.0",
            "- io.bellgate.x.Pool: public static final int OCTETS = 32",
            "+ io.bellgate.x.Pool: public static final int OCTETS = 16",
            "+ io.bellgate.x.Pool: public <T> java.util.List<T> take(long) throws java.io.IOException"),
        now.changesSince(before));
    assertEquals(List.of(), now.changedUnderOneVersion(before));
    assertEquals(now, Signature.parse(now.text()), "the text form says it all");
  }

  @Test
  void seesAChangeUnderOneVersion() throws Exception {
    Signature before = Signature.of(version("a", "1.0.0", ""));
    Signature now = Signature.of(version("b", "1.0.0", "public record Key(int id) {}"));
    assertEquals(List.of("io.bellgate.x"), now.changedUnderOneVersion(before));
    assertTrue(
        now.changesSince(before).contains("+ io.bellgate.x.Pool$Key: component int id"),
        now.changesSince(before)::toString);
  }

  @Test
  void seesWhatASealedTypePermits() throws Exception {
    Signature before =
        Signature.of(
            version(
                "a",
                "1.0.0",
                "public sealed interface S permits A {} public final class A implements S {}"));
    Signature now =
        Signature.of(
            version(
                "b",
                "1.0.0",
                "public sealed interface S permits A, B {} public final class A implements S {}"
                    + " public final class B implements S {}"));
    assertEquals(List.of("io.bellgate.x"), now.changedUnderOneVersion(before));
  }
}
