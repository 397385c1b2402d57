package io.bellgate.keys.pool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A file that only grows, one frame per commit. A frame is whole or it does not count, whatever
 * order the disk wrote its sectors in. For one thread.
 *
 * <p>Frame: length of the payload (4 octets), number (8, counts up by one), payload, the first 8
 * octets of SHA-256 over all before. Frame n is synced before frame n+1 is written, so that after a
 * power cut at most the last one is broken; it is cut off. A broken frame with a whole one behind
 * it is damage: what was used is not known any more, and the file is refused.
 */
final class Journal implements Closeable {
  private static final int HEAD_OCTETS = 12;
  private static final int DIGEST_OCTETS = 8;
  private static final int MOST_OCTETS = 64 << 20;

  private final Disk.Folder folder;
  private final Path file;
  private final boolean fsync;
  private Disk disk;
  private long end;
  private long number;

  /** Takes the payloads of a journal, in order. */
  interface Reader {
    /**
     * One payload.
     *
     * @param payload what was committed
     * @param position of its first octet in the file
     */
    void read(byte[] payload, long position) throws IOException;
  }

  /**
   * Opens the file, or makes an empty one, and reads all of it.
   *
   * @param fsync whether a commit waits for the disk
   * @throws IOException if it cannot be read or is damaged
   */
  Journal(Disk.Folder folder, Path file, boolean fsync, Reader reader) throws IOException {
    this.folder = folder;
    this.file = file;
    this.fsync = fsync;
    this.disk = folder.open(file);
    try {
      recover(reader);
    } catch (IOException | RuntimeException damaged) {
      disk.close();
      throw damaged;
    }
  }

  private void recover(Reader reader) throws IOException {
    long size = disk.size();
    for (byte[] payload = frame(0, size); payload != null; payload = frame(end, size)) {
      reader.read(payload, end + HEAD_OCTETS);
      number++;
      end += HEAD_OCTETS + payload.length + DIGEST_OCTETS;
    }
    for (long at = end + 1; at + HEAD_OCTETS + DIGEST_OCTETS <= size; at++) {
      if (frame(at, size) != null) {
        throw new IOException(
            "a journal is whole up to its last frame: file="
                + file
                + " damagedAt="
                + end
                + " wholeAt="
                + at
                + "; what was used is not known, remove the file and lose the keys in it");
      }
    }
    if (end < size) {
      disk.truncate(end);
      disk.force();
    }
  }

  /** The payload of a whole frame there, else null. */
  private byte[] frame(long at, long size) throws IOException {
    if (at + HEAD_OCTETS + DIGEST_OCTETS > size) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(disk.read(at, HEAD_OCTETS));
    int length = head.getInt();
    long found = head.getLong();
    boolean expected = at == end ? found == number : found > number && found < number + (1L << 32);
    if (!expected || length < 0 || length > size - at - HEAD_OCTETS - DIGEST_OCTETS) {
      return null;
    }
    byte[] whole = disk.read(at, HEAD_OCTETS + length + DIGEST_OCTETS);
    byte[] digest = Arrays.copyOfRange(whole, HEAD_OCTETS + length, whole.length);
    return MessageDigest.isEqual(digest, digest(whole, HEAD_OCTETS + length))
        ? Arrays.copyOfRange(whole, HEAD_OCTETS, HEAD_OCTETS + length)
        : null;
  }

  private static byte[] digest(byte[] octets, int length) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(octets, 0, length);
      return Arrays.copyOf(sha256.digest(), DIGEST_OCTETS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", impossible);
    }
  }

  long size() {
    return end;
  }

  /**
   * Appends a frame and, with fsync, waits for the disk.
   *
   * @return the position of the payload's first octet
   */
  long commit(byte[] payload) throws IOException {
    long position = append(disk, end, number, payload);
    if (fsync) {
      disk.force();
    }
    number++;
    end = position + payload.length + DIGEST_OCTETS;
    return position;
  }

  private static long append(Disk disk, long at, long number, byte[] payload) throws IOException {
    if (payload.length > MOST_OCTETS) {
      throw new IOException("a frame is at most " + MOST_OCTETS + " octets");
    }
    int length = HEAD_OCTETS + payload.length;
    byte[] frame = new byte[length + DIGEST_OCTETS];
    ByteBuffer.wrap(frame).putInt(payload.length).putLong(number).put(payload);
    System.arraycopy(digest(frame, length), 0, frame, length, DIGEST_OCTETS);
    disk.write(at, frame);
    return at + HEAD_OCTETS;
  }

  byte[] read(long position, int length) throws IOException {
    return disk.read(position, length);
  }

  /**
   * Replaces all frames by one; the old file is there until the new one is durable.
   *
   * @return the position of the payload's first octet
   */
  long rewrite(byte[] payload) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Disk fresh = folder.open(next);
    try {
      fresh.truncate(0);
      append(fresh, 0, 0, payload);
      fresh.force();
      folder.replace(file, next);
    } catch (IOException failed) {
      fresh.close();
      throw failed;
    }
    disk.close();
    disk = fresh;
    number = 1;
    end = HEAD_OCTETS + payload.length + DIGEST_OCTETS;
    return HEAD_OCTETS;
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }
}
