package io.bellgate.coap.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Programs of other makes that tests use where they are there. A test without its program is
 * skipped; it fails if {@code .ci/run} named the peer in {@code BELLGATE_CI_PEERS}.
 */
final class Peers {
  private static final int HANG_SECONDS = 60;

  private Peers() {}

  /** The file, or the test ends here. */
  static Path need(String label, Optional<Path> file, String hint) {
    if (file.isEmpty()) {
      List<String> installed =
          Arrays.asList(System.getenv().getOrDefault("BELLGATE_CI_PEERS", "").split("[ ,]+"));
      assertFalse(installed.contains(label), "installed for this run, but not found: " + hint);
    }
    assumeTrue(file.isPresent(), hint);
    return file.orElseThrow();
  }

  static Optional<Path> onPath(String command) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Where {@code .ci/run} puts peers that no package of the system has. */
  static Path folder() {
    String folder = System.getenv("BELLGATE_PEERS");
    return folder == null || folder.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache", "bellgate-peers")
        : Path.of(folder);
  }

  static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectInput(new File("/dev/null"))
        .start();
  }

  /** What a program says until it ends. */
  static String run(List<String> command) throws IOException, InterruptedException {
    Path said = Files.createTempFile("peer", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(said.toFile())
            .start();
    try {
      assertTrue(process.waitFor(HANG_SECONDS, TimeUnit.SECONDS), () -> "hangs: " + command);
      return Files.readString(said, UTF_8);
    } finally {
      process.destroyForcibly();
      Files.delete(said);
    }
  }
}
