package io.bellgate.entropy.device.serial;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A serial line, raw. One thread reads and writes; {@link #close} from any thread ends a call that
 * waits.
 *
 * <p>It is opened by system calls and not as a file channel: a channel cannot say O_NOCTTY, so the
 * line would become the controlling terminal of a process that leads its session, and its
 * unplugging would send that process a SIGHUP (tty_ioctl(4), credentials(7)).
 */
final class SerialLine implements AutoCloseable {
  private static final NativeLong TCFLSH = new NativeLong(0x540B);
  private static final int TCIFLUSH = 0;
  private static final NativeLong TIOCMBIS = new NativeLong(0x5416);
  private static final int TIOCM_DTR = 2;
  private static final int PIECE_OCTETS = 4_096;
  private static final int MOST_DRAINED_OCTETS = 1 << 22;
  private static final long POLLED = 2;

  private final Libc libc;
  private final int descriptor;
  private final int wake;
  private final String name;
  private final Memory piece = new Memory(PIECE_OCTETS);
  private final Memory polled = new Memory(8 * POLLED);
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile byte[] farewell = {};

  /** Takes over a descriptor that is open and does not block. */
  SerialLine(Libc libc, int descriptor, String name) throws IOException {
    this.libc = libc;
    this.descriptor = descriptor;
    this.name = name;
    wake = libc.eventfd(0, Libc.EFD_NONBLOCK_CLOEXEC);
    if (wake < 0) {
      String why = Libc.lastError(libc);
      libc.close(descriptor);
      throw new IOException("BG-ENTROPY-031 no event can be had: " + why);
    }
  }

  /**
   * Opens a line for this reader alone, raw at a baud rate, with DTR raised.
   *
   * @throws IOException BG-ENTROPY-031 to -034: it cannot be opened, is in use, does not keep its
   *     settings, is gone
   */
  static SerialLine open(Path path, int baud) throws IOException {
    Libc libc = Libc.load();
    int flags = Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
    int descriptor = libc.open(path.toString(), flags);
    if (descriptor < 0) {
      throw new IOException(
          "BG-ENTROPY-031 a serial line cannot be opened: path="
              + path
              + " why="
              + Libc.lastError(libc));
    }
    SerialLine line = new SerialLine(libc, descriptor, path.toString());
    try {
      if (libc.flock(descriptor, Libc.LOCK_EX_NB) != 0) {
        throw new IOException(
            "BG-ENTROPY-032 a device has one reader at a time: path="
                + path
                + " why="
                + Libc.lastError(libc));
      }
      LineSettings.raw(libc, descriptor, baud);
      line.raiseDtr();
      return line;
    } catch (IOException e) {
      line.close();
      throw e;
    }
  }

  /** A pseudo-terminal has no such wire. */
  private void raiseDtr() throws IOException {
    if (libc.ioctl(descriptor, TIOCMBIS, new IntByReference(TIOCM_DTR)) != 0
        && Native.getLastError() != Libc.ENOTTY
        && Native.getLastError() != Libc.EINVAL) {
      throw new IOException(
          "BG-ENTROPY-033 DTR cannot be raised: path=" + name + " why=" + Libc.lastError(libc));
    }
  }

  LineSettings settings() throws IOException {
    return LineSettings.of(libc, descriptor);
  }

  /**
   * Fills a part of an array.
   *
   * @param millis how long the device may be silent
   * @throws IOException BG-ENTROPY-034 if the device is gone, -035 if it is silent
   */
  void read(byte[] into, int from, int length, int millis) throws IOException {
    for (int done = 0; done < length; ) {
      int octets = readSome(into, from + done, length - done, millis);
      if (octets == 0) {
        throw new IOException(
            "BG-ENTROPY-035 a device is silent: path="
                + name
                + " wantedOctets="
                + length
                + " gotOctets="
                + done
                + " millis="
                + millis);
      }
      done += octets;
    }
  }

  /**
   * What is there now, or comes first.
   *
   * @return octets, 0 if none came in time
   */
  int readSome(byte[] into, int from, int length, int millis) throws IOException {
    lock.lock();
    try {
      if (!await(Libc.POLLIN, millis)) {
        return 0;
      }
      int most = Math.min(length, PIECE_OCTETS);
      int octets = libc.read(descriptor, piece, new NativeLong(most)).intValue();
      if (octets <= 0) {
        return nothing("read", octets);
      }
      piece.read(0, into, from, octets);
      piece.clear(octets);
      return octets;
    } finally {
      lock.unlock();
    }
  }

  /** Writes all of it. */
  void write(byte[] octets, int millis) throws IOException {
    for (int done = 0; done < octets.length; ) {
      int written = writeSome(octets, done, octets.length - done, millis);
      if (written == 0) {
        throw new IOException("BG-ENTROPY-035 a device takes nothing: path=" + name);
      }
      done += written;
    }
  }

  /**
   * Writes what finds room.
   *
   * @return octets, 0 if there was no room in time
   */
  int writeSome(byte[] octets, int from, int length, int millis) throws IOException {
    lock.lock();
    try {
      if (!await(Libc.POLLOUT, millis)) {
        return 0;
      }
      int most = Math.min(length, PIECE_OCTETS);
      piece.write(0, octets, from, most);
      int written = libc.write(descriptor, piece, new NativeLong(most)).intValue();
      piece.clear(most);
      return written <= 0 ? nothing("write", written) : written;
    } finally {
      lock.unlock();
    }
  }

  private int nothing(String call, int result) throws IOException {
    int error = Native.getLastError();
    if (result < 0 && (error == Libc.EAGAIN || error == Libc.EINTR)) {
      return 0;
    }
    throw new IOException(
        "BG-ENTROPY-034 a device is gone: path="
            + name
            + " call="
            + call
            + (result == 0 ? " why=hang-up" : " why=" + libc.strerror(error)));
  }

  /** Whether something can be done now; an error of the line counts, the call will tell it. */
  private boolean await(short events, int millis) throws IOException {
    refuseClosed();
    polled.setInt(0, descriptor);
    polled.setInt(4, events);
    polled.setInt(8, wake);
    polled.setInt(12, Libc.POLLIN);
    int ready;
    do {
      ready = libc.poll(polled, new NativeLong(POLLED), millis);
    } while (ready < 0 && Native.getLastError() == Libc.EINTR);
    refuseClosed();
    return ready > 0;
  }

  private void refuseClosed() throws IOException {
    if (closed.get()) {
      throw new IOException("the reading was closed: path=" + name);
    }
  }

  /**
   * Throws away what has come, until nothing comes for a while.
   *
   * @throws IOException BG-ENTROPY-036 if it never falls silent
   */
  void drain(int quietMillis) throws IOException {
    flush(TCIFLUSH);
    byte[] thrown = new byte[PIECE_OCTETS];
    for (int sum = 0; sum < MOST_DRAINED_OCTETS; ) {
      int octets = readSome(thrown, 0, thrown.length, quietMillis);
      if (octets == 0) {
        return;
      }
      sum += octets;
    }
    throw new IOException("BG-ENTROPY-036 a device talks on when told to stop: path=" + name);
  }

  /** What a device is told when the line is closed, if it can still be told. */
  void atClose(byte... command) {
    farewell = command;
  }

  /** What was sent before is not cut off: half a command would spoil the next one. */
  private void sayFarewell() {
    libc.ioctl(descriptor, TCFLSH, TCIFLUSH);
    byte[] command = farewell;
    if (command.length > 0) {
      piece.write(0, command, 0, command.length);
      libc.write(descriptor, piece, new NativeLong(command.length));
    }
  }

  private void flush(int queues) throws IOException {
    lock.lock();
    try {
      refuseClosed();
      libc.ioctl(descriptor, TCFLSH, queues);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    libc.eventfd_write(wake, 1);
    lock.lock(); // whoever waited has left
    try {
      sayFarewell();
      libc.close(descriptor);
      libc.close(wake);
      piece.clear();
      piece.close();
      polled.close();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
