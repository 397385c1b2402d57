package io.bellgate.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * A file that only grows, one frame per commit. A frame is whole or it does not count, whatever
 * order the disk wrote its sectors in. For one thread.
 *
 * <p>Frame: length of the payload (4 octets), number (8, counts up by one), payload, the first 8
 * octets of SHA-256 over the salt and all before. Frame 0 is the journal's own: it names the format
 * and holds the salt, 16 octets that nobody can guess, so that no payload can contain a frame and
 * no frame of another file counts. Frame n is synced before frame n+1 is written, so that after a
 * power cut at most the last one is broken; it is cut off. A broken frame with a whole one behind
 * it is damage: what was committed is not known any more, and the file is refused.
 */
public final class Journal implements Closeable {
  private static final byte[] FORMAT = "bgjrnl 1".getBytes(StandardCharsets.US_ASCII);
  private static final int SALT_OCTETS = 16;
  private static final int HEAD_OCTETS = 12;
  private static final int DIGEST_OCTETS = 8;
  private static final int FRAME_OCTETS = HEAD_OCTETS + DIGEST_OCTETS;
  private static final int MOST_OCTETS = 64 << 20;
  private static final int WINDOW_OCTETS = 1 << 16;

  private final Disk.Folder folder;
  private final Path file;
  private final boolean fsync;
  private Tail tail;
  private boolean failed;

  /** Takes the payloads of a journal, in order. */
  @FunctionalInterface
  public interface Reader {
    /**
     * One payload.
     *
     * @param payload what was committed
     * @param position of its first octet in the file
     */
    void read(byte[] payload, long position) throws IOException;
  }

  /** Takes the payloads of a new file. */
  @FunctionalInterface
  public interface Frames {
    /**
     * Appends a frame.
     *
     * @return the position of the payload's first octet
     */
    long append(byte[] payload) throws IOException;
  }

  /** Says everything that is worth keeping. */
  @FunctionalInterface
  public interface Snapshot {
    /** Hands payloads over; none at all is allowed. */
    void write(Frames frames) throws IOException;
  }

  /** The file is not what was committed: something else than a power cut has changed it. */
  public static final class Damaged extends IOException {
    private static final long serialVersionUID = 1;

    private Damaged(Path file, long damagedAt, String reason) {
      super(
          "a journal is whole up to its last frame: file="
              + file
              + " damagedAt="
              + damagedAt
              + " "
              + reason);
    }
  }

  /** An open file and where it ends. */
  private static final class Tail implements Frames {
    private final Disk disk;
    private byte[] salt = new byte[0];
    private long end;
    private long number;

    Tail(Disk disk) {
      this.disk = disk;
    }

    /** Starts an empty file. */
    void start(byte[] fresh) throws IOException {
      disk.truncate(0);
      append(ByteBuffer.allocate(FORMAT.length + SALT_OCTETS).put(FORMAT).put(fresh).array());
      salt = fresh;
      disk.force();
    }

    @Override
    public long append(byte[] payload) throws IOException {
      if (payload.length > MOST_OCTETS) {
        throw new IOException("a frame is at most " + MOST_OCTETS + " octets");
      }
      int length = HEAD_OCTETS + payload.length;
      byte[] frame = new byte[length + DIGEST_OCTETS];
      ByteBuffer.wrap(frame).putInt(payload.length).putLong(number).put(payload);
      System.arraycopy(digest(salt, frame, length), 0, frame, length, DIGEST_OCTETS);
      disk.write(end, frame);
      long position = end + HEAD_OCTETS;
      number++;
      end += frame.length;
      return position;
    }

    /** The payload of a whole frame there, else null. */
    byte[] frame(long at, long size) throws IOException {
      if (at + FRAME_OCTETS > size) {
        return null;
      }
      ByteBuffer head = ByteBuffer.wrap(disk.read(at, HEAD_OCTETS));
      int length = head.getInt();
      if (!fits(length, head.getLong(), at, size)) {
        return null;
      }
      byte[] whole = disk.read(at, FRAME_OCTETS + length);
      byte[] found = Arrays.copyOfRange(whole, HEAD_OCTETS + length, whole.length);
      return MessageDigest.isEqual(found, digest(salt, whole, HEAD_OCTETS + length))
          ? Arrays.copyOfRange(whole, HEAD_OCTETS, HEAD_OCTETS + length)
          : null;
    }

    private boolean fits(int length, long found, long at, long size) {
      boolean expected =
          at == end ? found == number : found > number && found < number + (1L << 32);
      return expected && length >= 0 && length <= MOST_OCTETS && length <= size - at - FRAME_OCTETS;
    }

    /** Where a whole frame begins behind the end, or -1. */
    long wholeBehindEnd(long size) throws IOException {
      for (long at = end + 1; at + FRAME_OCTETS <= size; at += WINDOW_OCTETS) {
        int length = (int) Math.min(WINDOW_OCTETS + HEAD_OCTETS - 1L, size - at);
        ByteBuffer window = ByteBuffer.wrap(disk.read(at, length));
        for (int i = 0; i + HEAD_OCTETS <= length; i++) {
          if (fits(window.getInt(i), window.getLong(i + 4), at + i, size)
              && frame(at + i, size) != null) {
            return at + i;
          }
        }
      }
      return -1;
    }

    void skip(byte[] payload) {
      number++;
      end += FRAME_OCTETS + payload.length;
    }
  }

  /**
   * Opens the file, or makes an empty one, and reads all of it.
   *
   * @param fsync whether a commit waits for the disk
   * @throws Damaged if its content is not what was committed
   * @throws IOException if it cannot be read
   */
  public Journal(Disk.Folder folder, Path file, boolean fsync, Reader reader) throws IOException {
    this.folder = folder;
    this.file = file;
    this.fsync = fsync;
    this.tail = new Tail(folder.open(file));
    try {
      recover(reader);
    } catch (IOException | RuntimeException damaged) {
      tail.disk.close();
      throw damaged;
    }
  }

  private void recover(Reader reader) throws IOException {
    long size = tail.disk.size();
    byte[] first = tail.frame(0, size);
    if (first == null && size <= FRAME_OCTETS + FORMAT.length + SALT_OCTETS) {
      // frame 0 was not synced yet, so there never was another one
      tail.start(folder.salt());
      return;
    }
    if (first == null
        || first.length != FORMAT.length + SALT_OCTETS
        || !Arrays.equals(FORMAT, Arrays.copyOf(first, FORMAT.length))) {
      throw new Damaged(file, 0, "it does not begin like a journal");
    }
    tail.skip(first);
    tail.salt = Arrays.copyOfRange(first, FORMAT.length, first.length);
    for (byte[] p = tail.frame(tail.end, size); p != null; p = tail.frame(tail.end, size)) {
      reader.read(p, tail.end + HEAD_OCTETS);
      tail.skip(p);
    }
    long whole = tail.wholeBehindEnd(size);
    if (whole >= 0) {
      throw new Damaged(file, tail.end, "wholeAt=" + whole);
    }
    if (tail.end < size) {
      tail.disk.truncate(tail.end);
      tail.disk.force();
    }
  }

  private static byte[] digest(byte[] salt, byte[] octets, int length) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      sha256.update(octets, 0, length);
      return Arrays.copyOf(sha256.digest(), DIGEST_OCTETS);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", impossible);
    }
  }

  /** The file's length in octets. */
  public long size() {
    return tail.end;
  }

  /**
   * Appends a frame and, with fsync, waits for the disk. After a failure nobody knows what is on
   * the disk, so every later call fails, too, until the file is opened again.
   *
   * @return the position of the payload's first octet
   */
  public long commit(byte[] payload) throws IOException {
    begin();
    long position = tail.append(payload);
    if (fsync) {
      tail.disk.force();
    }
    failed = false;
    return position;
  }

  /** Reads a part of a payload. */
  public byte[] read(long position, int length) throws IOException {
    return tail.disk.read(position, length);
  }

  /**
   * Replaces all frames; the old file is there until the new one is durable, whether commits wait
   * for the disk or not. A failure is as after {@link #commit}.
   */
  public void rewrite(Snapshot snapshot) throws IOException {
    begin();
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Tail fresh = new Tail(folder.open(next));
    try {
      fresh.start(folder.salt());
      snapshot.write(fresh);
      fresh.disk.force();
      folder.replace(file, next);
    } catch (IOException | RuntimeException unfinished) {
      fresh.disk.close();
      throw unfinished;
    }
    tail.disk.close();
    tail = fresh;
    failed = false;
  }

  private void begin() throws IOException {
    if (failed) {
      throw new IOException("a journal takes nothing after a write has failed: file=" + file);
    }
    failed = true;
  }

  @Override
  public void close() throws IOException {
    tail.disk.close();
  }
}
