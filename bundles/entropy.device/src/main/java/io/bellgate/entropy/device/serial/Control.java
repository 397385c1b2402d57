package io.bellgate.entropy.device.serial;

import com.sun.jna.NativeLong;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.file.Path;

/** A question to the driver of a device (ioctl(2)). */
public final class Control {
  private Control() {}

  /**
   * Asks for a number.
   *
   * @param path of the device
   * @param request which writes an int
   * @return what the driver says
   * @throws IOException BG-ENTROPY-031 if it cannot be opened, -040 if its driver knows no such
   *     question
   */
  public static int ask(Path path, int request) throws IOException {
    Libc libc = Libc.load();
    int descriptor = libc.open(path.toString(), Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    if (descriptor < 0) {
      throw new IOException(
          "BG-ENTROPY-031 a device cannot be opened: path="
              + path
              + " why="
              + Libc.lastError(libc));
    }
    try {
      IntByReference answer = new IntByReference();
      NativeLong number = new NativeLong(Integer.toUnsignedLong(request));
      if (libc.ioctl(descriptor, number, answer) != 0) {
        throw new IOException(
            String.format(
                "BG-ENTROPY-040 a driver does not say: path=%s request=%08x why=%s",
                path, request, Libc.lastError(libc)));
      }
      return answer.getValue();
    } finally {
      libc.close(descriptor);
    }
  }
}
