package io.bellgate.entropy.device.serial;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;

/**
 * What Java has no words for: Linux system calls by their C names (man pages, section 2), loaded
 * when first needed. The numbers are those of asm-generic, so of x86-64, aarch64 and riscv64.
 */
interface Libc extends Library {
  int O_RDWR = 2;
  int O_NOCTTY = 0x100;
  int O_NONBLOCK = 0x800;
  int O_CLOEXEC = 0x80000;
  int EAGAIN = 11;
  int EINTR = 4;
  int EIO = 5;
  int EINVAL = 22;
  int ENOBUFS = 105;
  int ENOTTY = 25;
  short POLLIN = 1;
  short POLLOUT = 4;
  int LOCK_EX_NB = 2 | 4;
  int EFD_NONBLOCK_CLOEXEC = O_NONBLOCK | O_CLOEXEC;

  int open(String path, int flags, Object... mode);

  int close(int descriptor);

  NativeLong read(int descriptor, Pointer into, NativeLong length);

  NativeLong write(int descriptor, Pointer from, NativeLong length);

  int poll(Pointer descriptors, NativeLong count, int millis);

  int ioctl(int descriptor, NativeLong request, Object... argument);

  int flock(int descriptor, int operation);

  int socket(int domain, int type, int protocol);

  int bind(int descriptor, Pointer address, int octets);

  int eventfd(int value, int flags);

  int eventfd_write(int descriptor, long value);

  String strerror(int error);

  /**
   * Loads the library, once.
   *
   * @throws IOException with BG-ENTROPY-031 if native code cannot be loaded here
   */
  static Libc load() throws IOException {
    try {
      return Loaded.LIBC;
    } catch (LinkageError e) {
      throw new IOException(
          "BG-ENTROPY-031 serial lines need native code, which cannot be loaded (is the folder for"
              + " temporary files mounted noexec? set -Djna.tmpdir): why="
              + e.getMessage(),
          e);
    }
  }

  /** The text for the error of this thread's last call. */
  static String lastError(Libc libc) {
    int error = Native.getLastError();
    return libc.strerror(error) + " errno=" + error;
  }

  /** Holds what is loaded. */
  final class Loaded {
    private static final String FOLDER = "jna.tmpdir";
    private static final Libc LIBC;

    static {
      // JNA would unpack itself into the home of its user, and a service has none
      if (System.getProperty(FOLDER) == null) {
        System.setProperty(FOLDER, System.getProperty("java.io.tmpdir"));
      }
      LIBC = Native.load("c", Libc.class);
    }

    private Loaded() {}
  }
}
