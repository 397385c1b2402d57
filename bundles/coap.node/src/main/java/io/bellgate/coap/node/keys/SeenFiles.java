package io.bellgate.coap.node.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which files this process has read: one of them that is not there is not one that never was. */
final class SeenFiles {
  private static final Set<Path> SEEN = ConcurrentHashMap.newKeySet();

  private SeenFiles() {}

  static void seen(Path file) {
    SEEN.add(file.toAbsolutePath());
  }

  /** Whether there never was such a file. */
  static boolean isNew(Path file) {
    return !SEEN.contains(file.toAbsolutePath()) && Files.notExists(file);
  }

  /** What to say of one that is gone. */
  static IOException gone(Path file) {
    return new IOException(
        "BG-NODE-021 the file is gone, and what was in it holds: file="
            + file
            + "; bring it back, or start the gateway without");
  }
}
