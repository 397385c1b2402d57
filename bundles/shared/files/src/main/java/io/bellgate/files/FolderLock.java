package io.bellgate.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;

/**
 * Held while a store is open: two processes on one journal would each promise what the other does
 * not know. Ends with the process.
 */
public final class FolderLock implements Closeable {
  private static final Set<StandardOpenOption> OPTIONS =
      EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);

  private final FileChannel channel;

  /**
   * Takes the lock, without waiting.
   *
   * @param file made if it is missing; never removed
   * @throws IllegalStateException if somebody has it
   */
  public FolderLock(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    channel = FileChannel.open(file, OPTIONS, OwnerOnly.attributes(folder, "rw-------"));
    if (!taken()) {
      channel.close();
      throw new IllegalStateException(
          "a store is open once: file=" + file + "; is another gateway using this data folder?");
    }
  }

  private boolean taken() throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException thisProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
