package io.bellgate.launcher.folder;

import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The writable folder of one gateway.
 *
 * @param root absolute path
 */
public record DataFolder(Path root) {
  public DataFolder {
    root = root.toAbsolutePath().normalize();
  }

  public Path run() {
    return root.resolve("run");
  }

  public Path log() {
    return root.resolve("log");
  }

  public Path generations() {
    return root.resolve("generations");
  }

  /** Jars that are not in the program folder, named by their SHA-256. */
  public Path store() {
    return root.resolve("store");
  }

  public Path secrets() {
    return root.resolve("secrets");
  }

  /**
   * Creates what is missing, for the owner only.
   *
   * @throws Refusal if that is not possible (BG-DATA-001)
   */
  public DataFolder create() {
    try {
      Files.createDirectories(root);
      for (Path folder : List.of(run(), log(), generations(), store(), secrets())) {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      return this;
    } catch (IOException e) {
      throw Refusal.failed(
          "BG-DATA-001",
          root.toString(),
          "the data folder cannot be written: " + e,
          "give --data DIR that this user may write, or set BELLGATE_DATA");
    }
  }
}
