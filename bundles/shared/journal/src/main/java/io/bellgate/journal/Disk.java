package io.bellgate.journal;

import io.bellgate.files.OwnerOnly;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/** An open file, as far as a {@link Journal} needs one. Tests put a recording one in its place. */
public interface Disk extends Closeable {
  /** Reads exactly {@code length} octets. */
  byte[] read(long position, int length) throws IOException;

  /** Writes all octets. */
  void write(long position, byte[] octets) throws IOException;

  /** Returns once everything written would survive a power cut. */
  void force() throws IOException;

  void truncate(long size) throws IOException;

  long size() throws IOException;

  /** Where files are. */
  interface Folder {
    /** Opens a file, or makes an empty one for its owner only, durably. */
    Disk open(Path file) throws IOException;

    /** Puts one file in the place of another, at once and durably. */
    void replace(Path file, Path by) throws IOException;

    /** 16 octets that nobody can guess. */
    byte[] salt();
  }

  /** Files of the operating system. */
  Folder FILES =
      new Folder() {
        private static final Set<StandardOpenOption> OPTIONS =
            EnumSet.of(
                StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

        @Override
        public Disk open(Path file) throws IOException {
          boolean fresh = Files.notExists(file);
          Path folder = file.toAbsolutePath().getParent();
          FileChannel channel =
              FileChannel.open(file, OPTIONS, OwnerOnly.attributes(folder, "rw-------"));
          if (fresh) {
            OwnerOnly.forceFolder(folder);
          }
          return new OnChannel(channel);
        }

        @Override
        public void replace(Path file, Path by) throws IOException {
          Files.move(by, file, StandardCopyOption.ATOMIC_MOVE);
          OwnerOnly.forceFolder(file.toAbsolutePath().getParent());
        }

        @Override
        public byte[] salt() {
          UUID random = UUID.randomUUID();
          return ByteBuffer.allocate(16)
              .putLong(random.getMostSignificantBits())
              .putLong(random.getLeastSignificantBits())
              .array();
        }
      };

  /** A file of the operating system. */
  record OnChannel(FileChannel channel) implements Disk {
    @Override
    public byte[] read(long position, int length) throws IOException {
      ByteBuffer into = ByteBuffer.allocate(length);
      while (into.hasRemaining()) {
        if (channel.read(into, position + into.position()) < 0) {
          throw new IOException("the file ended early: position=" + position);
        }
      }
      return into.array();
    }

    @Override
    public void write(long position, byte[] octets) throws IOException {
      ByteBuffer from = ByteBuffer.wrap(octets);
      while (from.hasRemaining()) {
        channel.write(from, position + from.position());
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(true);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
