package io.bellgate.itests.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerTableTest {
  private static final String REPORT =
      """
      <testsuite>
        <testcase name="postsAReading" classname="io.bellgate.x.LibcoapIT" time="0.1"/>
        <testcase name="runsOnJdk25" classname="io.bellgate.x.SmokeIT" time="0">
          <skipped message="Assumption failed: no JDK 25 here"/>
        </testcase>
        <testcase name="agrees" classname="io.bellgate.x.MlKemVectorsTest"><failure/></testcase>
      </testsuite>
      """;

  @TempDir Path scratch;

  private PeerTable table() throws Exception {
    Path file = scratch.resolve("TEST-x.xml");
    Files.writeString(file, REPORT);
    return new PeerTable(TestReport.read(file));
  }

  @Test
  void saysWhatRanWhatWasSkippedAndWhy() throws Exception {
    List<String> lines = table().render(p -> Optional.of("/somewhere")).lines().toList();
    assertEquals(
        "  libcoap         ran      1 ran, 0 skipped           /somewhere", line(lines, "libcoap"));
    assertEquals(
        "  jdk25           skipped  0 ran, 1 skipped           no JDK 25 here",
        line(lines, "jdk25"));
    assertTrue(line(lines, "vectors").startsWith("  vectors         ran "), lines::toString);
    assertTrue(
        line(lines, "systemd-notify").startsWith("  systemd-notify  unused "), lines::toString);
  }

  private static String line(List<String> lines, String peer) {
    return lines.stream().filter(l -> l.startsWith("  " + peer + " ")).findFirst().orElseThrow();
  }

  @Test
  void countsATestForThePeerWhoseWordFitsBest() {
    String test = "io.bellgate.x.LibcoapOscoreTest.getsUnderOscore";
    assertTrue(Peer.LIBCOAP_OSCORE.isNamedIn(test));
    assertFalse(Peer.LIBCOAP.isNamedIn(test));
    assertTrue(Peer.LIBCOAP.isNamedIn("io.bellgate.x.LibcoapTest.gets"));
    assertFalse(Peer.LIBCOAP_OSCORE.isNamedIn("io.bellgate.x.LibcoapTest.gets"));
  }

  @Test
  void faultsAPeerThatWasInstalledAndSkipped() throws Exception {
    assertEquals(List.of(), table().skippedOf(List.of("libcoap")));
    assertEquals(List.of("jdk25"), table().skippedOf(List.of("libcoap", "jdk25")));
  }
}
