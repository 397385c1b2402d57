package io.bellgate.launcher.socket;

import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.folder.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the control socket of a gateway lies: its path must fit into {@code sun_path}. */
public final class ControlPath {
  /** Longest path that is used; Linux allows 107 octets and a terminating zero. */
  static final int MAX_OCTETS = 100;

  private ControlPath() {}

  /**
   * The path to listen on: {@code DATA/run/control.sock}, or if that is too long, in a new folder
   * for temporary files whose path is left in {@code DATA/run/control.path}.
   */
  public static Path choose(DataFolder data) throws IOException {
    Path usual = data.run().resolve("control.sock");
    Path note = data.run().resolve("control.path");
    Files.deleteIfExists(note);
    if (fits(usual)) {
      Files.deleteIfExists(usual);
      return usual;
    }
    Path folder = Files.createTempDirectory("bellgate"); // the JDK makes it rwx------
    Path path = folder.resolve("control.sock");
    if (!fits(path)) {
      throw new IOException(
          "the path of the control socket is too long: octets>"
              + MAX_OCTETS
              + " path="
              + path
              + "; use a shorter --data or -Djava.io.tmpdir");
    }
    DurableFile.write(note, path.toString());
    return path;
  }

  /** The path to connect to. */
  public static Path find(DataFolder data) throws IOException {
    Path note = data.run().resolve("control.path");
    return Files.exists(note)
        ? Path.of(Files.readString(note).strip())
        : data.run().resolve("control.sock");
  }

  /** Removes the socket's file and what {@link #choose} made for it. */
  public static void remove(DataFolder data) throws IOException {
    Path path = find(data);
    Files.deleteIfExists(path);
    if (Files.deleteIfExists(data.run().resolve("control.path"))) {
      Files.deleteIfExists(path.getParent());
    }
  }

  private static boolean fits(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_OCTETS;
  }
}
