package io.bellgate.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachinePathsTest {
  @TempDir Path scratch;

  @Test
  void areInNoTrackedFile() throws Exception {
    Path root = Repository.ROOT;
    assertEquals("", String.join("\n", MachinePaths.in(root, MachinePaths.tracked(root))));
  }

  @Test
  void areSeenWhereTheyAre() throws Exception {
    String home = "/home" + "/somebody";
    Path file = Path.of("notes.txt");
    Files.writeString(scratch.resolve(file), "fine: /var/lib/x\nwrong: " + home + "/x\n");
    assertEquals(
        List.of("notes.txt:2: wrong: " + home + "/x"), MachinePaths.in(scratch, List.of(file)));
  }
}
