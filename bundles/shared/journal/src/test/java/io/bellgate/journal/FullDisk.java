package io.bellgate.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Files of the operating system on a disk that takes so many octets and no more. */
public final class FullDisk implements Disk.Folder {
  private long room;

  /**
   * Makes one.
   *
   * @param room octets
   */
  public FullDisk(long room) {
    this.room = room;
  }

  /** From now on it takes so many octets. */
  public synchronized void room(long octets) {
    room = octets;
  }

  /** What a write does: as much as there is room for, then a failure. */
  private synchronized int take(int octets) {
    int taken = (int) Math.min(room, octets);
    room -= taken;
    return taken;
  }

  @Override
  public Disk open(Path file) throws IOException {
    Disk real = Disk.FILES.open(file);
    return new Disk() {
      @Override
      public byte[] read(long position, int length) throws IOException {
        return real.read(position, length);
      }

      @Override
      public void write(long position, byte[] octets) throws IOException {
        int taken = take(octets.length);
        real.write(position, Arrays.copyOf(octets, taken));
        if (taken < octets.length) {
          throw new IOException("No space left on device");
        }
      }

      @Override
      public void force() throws IOException {
        real.force();
      }

      @Override
      public void truncate(long size) throws IOException {
        real.truncate(size);
      }

      @Override
      public long size() throws IOException {
        return real.size();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }

  @Override
  public void replace(Path file, Path by) throws IOException {
    Disk.FILES.replace(file, by);
  }

  @Override
  public byte[] salt() {
    return Disk.FILES.salt();
  }
}
