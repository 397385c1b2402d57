package io.bellgate.keys.pool;

import io.bellgate.journal.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Secrets in a file that only its owner may open (0600, its folder 0700 if made here). */
final class OwnerOnlyFile {
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private OwnerOnlyFile() {}

  /**
   * Writes a new file so that it is there whole, or not at all, after a power cut.
   *
   * @param file must not exist
   * @param octets still the caller's
   */
  static void write(Path file, byte[] octets) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    OwnerOnly.folder(folder);
    Path part = folder.resolve(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel =
        FileChannel.open(part, options, OwnerOnly.attributes(folder, "rw-------"))) {
      for (ByteBuffer left = ByteBuffer.wrap(octets); left.hasRemaining(); ) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    OwnerOnly.forceFolder(folder);
  }

  /**
   * Reads the file if only its owner may.
   *
   * @throws IOException if others may open it, too
   */
  static byte[] read(Path file) throws IOException {
    if (!protection(file).startsWith("file")) {
      throw new IOException(
          "a file of secrets is for its owner only: file="
              + file
              + " mode="
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
              + "; assume its content is known, or chmod 600");
    }
    return Files.readAllBytes(file);
  }

  /** For status: how the file is protected. */
  static String protection(Path file) throws IOException {
    if (!OwnerOnly.posix(file)) {
      return "file, rights not checked on this file system";
    }
    boolean others = !OWNER.containsAll(Files.getPosixFilePermissions(file));
    return others ? "open to others" : "file, owner only (0600)";
  }
}
