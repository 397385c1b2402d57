package io.bellgate.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files and folders that only their owner may open, where the file system knows owners. */
public final class OwnerOnly {
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final Set<StandardOpenOption> NEW =
      EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

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

  /**
   * Makes a file that is not there yet, for its owner from the first moment.
   *
   * @return to write to; its caller closes it
   * @throws java.nio.file.FileAlreadyExistsException if it is there
   */
  public static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, NEW, attributes(file.toAbsolutePath().getParent(), "rw-------"));
  }

  /** What goes into a file. */
  public interface Content {
    /** Writes all of it. */
    void write(FileChannel out) throws IOException;
  }

  /**
   * Puts a file in the place of another, or where none is, durably: whoever reads it, after a power
   * cut too, finds the one or the other. Its folder is there.
   */
  public static void replace(Path file, Content content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel out = create(part)) {
      content.write(out);
      out.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(file.toAbsolutePath().getParent());
  }

  /** Writes all octets. */
  public static void write(FileChannel out, byte[] octets) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(octets);
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  /** Whether somebody else may open a file, or even its owner run it. */
  private static boolean open(Path file) throws IOException {
    return posix(file) && !OWNER.containsAll(Files.getPosixFilePermissions(file));
  }

  /**
   * Checks a file of secrets, where the file system knows owners.
   *
   * @throws IOException if it is open to others, with its mode and what to do
   */
  public static void check(Path file) throws IOException {
    if (open(file)) {
      throw new IOException(
          "a file of secrets is for its owner only: file="
              + file
              + " mode="
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
              + "; assume its content is known, or chmod 600");
    }
  }

  /** For status: how a file is protected. */
  public static String protection(Path file) throws IOException {
    if (!posix(file)) {
      return "file, rights not checked on this file system";
    }
    return open(file) ? "open to others" : "file, owner only (0600)";
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
