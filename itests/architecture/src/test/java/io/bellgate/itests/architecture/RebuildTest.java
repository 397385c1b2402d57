package io.bellgate.itests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same sources in another folder make the same octets. Needs git and Maven; takes minutes. */
@Tag("long")
class RebuildTest {
  @TempDir Path scratch;

  @Test
  void makesTheSameJars() throws Exception {
    for (Path file : MachinePaths.tracked(Repository.ROOT)) {
      Path source = Repository.ROOT.resolve(file);
      if (Files.isRegularFile(source)) {
        Files.createDirectories(scratch.resolve(file).getParent());
        Files.copy(source, scratch.resolve(file), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Process maven =
        new ProcessBuilder(
                "mvn", "-B", "-o", "-q", "-DskipTests", "package", "-pl", "distribution", "-am")
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(scratch.resolve("build.log").toFile())
            .start();
    assertEquals(
        true,
        maven.waitFor(10, TimeUnit.MINUTES) && maven.exitValue() == 0,
        () -> read(scratch.resolve("build.log")));
    Map<String, String> here = new TreeMap<>();
    Map<String, String> there = new TreeMap<>();
    for (Unit unit : Repository.shipped()) {
      Path file = Repository.ROOT.relativize(unit.jar());
      if (Files.exists(scratch.resolve(file))) {
        here.put(file.toString(), sha256(unit.jar()));
        there.put(file.toString(), sha256(scratch.resolve(file)));
      }
    }
    assertEquals(here, there);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
