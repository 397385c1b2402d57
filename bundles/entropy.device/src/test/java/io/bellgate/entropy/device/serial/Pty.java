package io.bellgate.entropy.device.serial;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A pseudo-terminal: a test holds the master and is the device, a driver opens the other end by its
 * path. To close it is to unplug the device.
 */
public final class Pty implements AutoCloseable {
  /** What only a master needs (posix_openpt(3) and its neighbours). */
  interface Terminals extends Library {
    int posix_openpt(int flags);

    int grantpt(int descriptor);

    int unlockpt(int descriptor);

    int ptsname_r(int descriptor, Pointer name, NativeLong length);
  }

  private final SerialLine master;
  private final int kept;
  private final Path path;

  /** Opens one. */
  public Pty() throws IOException {
    Libc libc = Libc.load();
    Terminals terminals = Native.load("c", Terminals.class);
    int descriptor =
        terminals.posix_openpt(Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    check(descriptor >= 0, libc);
    check(terminals.grantpt(descriptor) == 0, libc);
    check(terminals.unlockpt(descriptor) == 0, libc);
    try (Memory name = new Memory(64)) {
      check(terminals.ptsname_r(descriptor, name, new NativeLong(64)) == 0, libc);
      path = Path.of(name.getString(0));
    }
    // else the master would see a hang-up while no driver has it open
    kept = libc.open(path.toString(), Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC);
    check(kept >= 0, libc);
    master = new SerialLine(libc, descriptor, "master of " + path);
  }

  private static void check(boolean well, Libc libc) throws IOException {
    if (!well) {
      throw new IOException(Libc.lastError(libc));
    }
  }

  /** What a driver opens. */
  public Path path() {
    return path;
  }

  SerialLine master() {
    return master;
  }

  @Override
  public void close() throws IOException {
    master.close();
    Libc.load().close(kept);
  }
}
