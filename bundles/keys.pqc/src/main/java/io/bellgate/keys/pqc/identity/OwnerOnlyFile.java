package io.bellgate.keys.pqc.identity;

import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Secrets in a file that only its owner may open (0600, its folder 0700 if made here). */
final class OwnerOnlyFile {
  private OwnerOnlyFile() {}

  /**
   * Writes or replaces a file so that the new one is there whole, or not at all, after a power cut.
   *
   * @param octets still the caller's
   */
  static void write(Path file, byte[] octets) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    folder(folder);
    Path part = folder.resolve(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel channel = OwnerOnly.create(part)) {
      for (ByteBuffer left = ByteBuffer.wrap(octets); left.hasRemaining(); ) {
        channel.write(left);
      }
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(folder);
  }

  /** Makes what was renamed in a folder durable. */
  static void forceFolder(Path folder) {
    try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
      entry.force(true);
    } catch (IOException notOnThisSystem) {
      System.getLogger(OwnerOnlyFile.class.getName())
          .log(System.Logger.Level.DEBUG, "folders cannot be synced here", notOnThisSystem);
    }
  }

  /** Makes a folder that only its owner may enter, if there is none. */
  static void folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(
          folder, OwnerOnly.attributes(folder.toAbsolutePath().getParent(), "rwx------"));
    }
  }

  /**
   * Reads the file if only its owner may.
   *
   * @throws IOException if others may open it, too
   */
  static byte[] read(Path file) throws IOException {
    OwnerOnly.check(file);
    return Files.readAllBytes(file);
  }

  /**
   * Overwrites a file and removes it, if it is there. What a disk keeps of it elsewhere is out of
   * reach.
   */
  static void wipe(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (ByteBuffer zeros = ByteBuffer.allocate((int) channel.size()); zeros.hasRemaining(); ) {
        channel.write(zeros);
      }
      channel.force(true);
    }
    Files.delete(file);
  }
}
