package io.bellgate.coap.node.sessions;

import io.bellgate.journal.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Files of the operating system, on a disk that may have no room. */
public record FullDisk(BooleanSupplier isFull) implements Disk.Folder {
  @Override
  public Disk open(Path file) throws IOException {
    return new Full(Disk.FILES.open(file), isFull);
  }

  @Override
  public void replace(Path file, Path by) throws IOException {
    Disk.FILES.replace(file, by);
  }

  @Override
  public byte[] salt() {
    return Disk.FILES.salt();
  }

  private record Full(Disk behind, BooleanSupplier isFull) implements Disk {
    @Override
    public byte[] read(long position, int length) throws IOException {
      return behind.read(position, length);
    }

    @Override
    public void write(long position, byte[] octets) throws IOException {
      if (isFull.getAsBoolean()) {
        throw new IOException("no space left on device");
      }
      behind.write(position, octets);
    }

    @Override
    public void force() throws IOException {
      behind.force();
    }

    @Override
    public void truncate(long size) throws IOException {
      behind.truncate(size);
    }

    @Override
    public long size() throws IOException {
      return behind.size();
    }

    @Override
    public void close() throws IOException {
      behind.close();
    }
  }
}
