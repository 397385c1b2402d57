package io.bellgate.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files and folders that only their owner may open, where the file system knows owners. */
public final class OwnerOnly {
  private OwnerOnly() {}

  /** Makes a folder that only its owner may enter, and those above it, durably, if missing. */
  public static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path above = folder.toAbsolutePath().getParent();
      folder(above);
      Files.createDirectory(folder, attributes(above, "rwx------"));
      forceFolder(above);
    }
  }

  /** Makes what was made or renamed in a folder durable; does nothing where that is not known. */
  public static void forceFolder(Path folder) throws IOException {
    FileChannel entry;
    try {
      entry = FileChannel.open(folder, StandardOpenOption.READ);
    } catch (IOException notOnThisSystem) {
      System.getLogger(OwnerOnly.class.getName())
          .log(System.Logger.Level.DEBUG, "folders cannot be synced here", notOnThisSystem);
      return;
    }
    try (entry) {
      entry.force(true);
    }
  }

  /** For files made in or near a folder: {@code rw-------} and the like. */
  public static FileAttribute<?>[] attributes(Path near, String mode) throws IOException {
    return posix(near)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  /** Whether the file system knows owners. */
  public static boolean posix(Path near) throws IOException {
    return Files.getFileStore(near).supportsFileAttributeView("posix");
  }
}
