package io.bellgate.launcher.runtime;

import io.bellgate.launcher.folder.DataFolder;
import io.bellgate.launcher.folder.DurableFile;
import io.bellgate.launcher.json.JsonDocument;
import io.bellgate.launcher.json.JsonText;
import io.bellgate.launcher.report.Refusal;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code DATA/run}: what another process needs to know of a running gateway, and the lock. */
public final class RunFolder implements AutoCloseable {
  private final Path folder;
  private final FileChannel lock;

  private RunFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Takes the data folder for this process.
   *
   * @throws Refusal if another process has it (BG-RUN-001)
   */
  public static RunFolder take(DataFolder data) throws IOException {
    Path folder = data.run();
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!tryLock(channel)) {
      channel.close();
      Path pid = folder.resolve("pid");
      String holder = Files.exists(pid) ? Files.readString(pid).strip() : "unknown";
      throw Refusal.refused(
          "BG-RUN-001",
          data.root().toString(),
          "a gateway already runs on this data folder: pid=" + holder,
          "use bellgate status, end that gateway first, or give another --data");
    }
    RunFolder out = new RunFolder(folder, channel);
    out.remove();
    DurableFile.write(folder.resolve("pid"), ProcessHandle.current().pid() + "\n");
    return out;
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Writes {@code name} so that a reader sees all of it or the old one. */
  public void write(String name, JsonObject content) throws IOException {
    DurableFile.write(folder.resolve(name), JsonText.pretty(content));
  }

  /** Ports that the sockets were bound to when the gateway last ran, so far as that is known. */
  public Map<String, Integer> lastPorts() {
    Map<String, Integer> out = new HashMap<>();
    Path file = folder.resolve("sockets.json");
    try {
      if (Files.exists(file)) {
        JsonDocument.read(file)
            .root()
            .forEach((name, socket) -> out.put(name, socket.asJsonObject().getInt("port")));
      }
    } catch (RuntimeException e) {
      out.clear(); // a damaged note is no reason not to start
    }
    return out;
  }

  private void remove() throws IOException {
    for (String name : List.of("pid", "ready.json")) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  /** Removes the files and gives the data folder free. */
  @Override
  public void close() throws IOException {
    remove();
    lock.close();
  }
}
