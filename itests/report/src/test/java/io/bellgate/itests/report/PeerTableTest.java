package io.bellgate.itests.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    assertEquals("  libcoap         ran      1 ran, 0 skipped           /somewhere", lines.get(3));
    assertEquals(
        "  jdk25           skipped  0 ran, 1 skipped           no JDK 25 here", lines.get(4));
    assertTrue(lines.get(5).startsWith("  vectors         ran "), lines.get(5));
    assertTrue(lines.get(6).startsWith("  systemd-notify  unused "), lines.get(6));
  }

  @Test
  void faultsAPeerThatWasInstalledAndSkipped() throws Exception {
    assertEquals(List.of(), table().skippedOf(List.of("libcoap")));
    assertEquals(List.of("jdk25"), table().skippedOf(List.of("libcoap", "jdk25")));
  }
}
