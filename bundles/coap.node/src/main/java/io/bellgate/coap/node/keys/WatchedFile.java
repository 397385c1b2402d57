package io.bellgate.coap.node.keys;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file that is read again when its time or size has changed. One that this process has read and
 * that is not there is gone, whichever object looks: it is not one that never was. Guarded by who
 * has it.
 */
final class WatchedFile {
  private static final System.Logger LOG = System.getLogger(WatchedFile.class.getName());
  private static final Set<Path> SEEN = ConcurrentHashMap.newKeySet();

  private final Path file;
  private FileTime read;
  private long octets = -1;

  WatchedFile(Path file) {
    this.file = file;
  }

  /** Whether there never was such a file. */
  boolean isNew() {
    return !SEEN.contains(file.toAbsolutePath()) && Files.notExists(file);
  }

  /** There is such a file from now on. */
  void seen() {
    SEEN.add(file.toAbsolutePath());
  }

  /**
   * Whether it is another one than before; from now on it is the one that is known.
   *
   * @throws java.nio.file.NoSuchFileException if it is gone
   */
  boolean hasChanged() throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    long size = Files.size(file);
    boolean changed = !time.equals(read) || size != octets;
    read = time;
    octets = size;
    seen();
    return changed;
  }

  /** What to say of one that is gone. */
  IOException gone() {
    return new IOException(
        "BG-NODE-021 the file is gone, and what was in it holds: file="
            + file
            + "; bring it back, or start the gateway without");
  }

  /**
   * The same, said in the log as well if it is news; when the file is back it is read, whatever its
   * time.
   *
   * @param before what was wrong with it before
   */
  String gone(String before) {
    octets = -1;
    String now = gone().getMessage();
    if (!now.equals(before)) {
      LOG.log(Level.WARNING, now);
    }
    return now;
  }
}
