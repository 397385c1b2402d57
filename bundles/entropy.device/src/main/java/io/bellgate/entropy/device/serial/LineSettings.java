package io.bellgate.entropy.device.serial;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;

/**
 * How a terminal line treats octets: the kernel's {@code struct termios2} (ioctl_tty(2), TCGETS2
 * and TCSETS2), which takes any baud rate and is the same under every C library.
 */
record LineSettings(int input, int output, int control, int local, int baud) {
  private static final NativeLong TCGETS2 = new NativeLong(0x802C542AL);
  private static final NativeLong TCSETS2 = new NativeLong(0x402C542BL);
  private static final int SIZE = 44;
  private static final int CC = 17;
  private static final int VTIME = CC + 5;
  private static final int VMIN = CC + 6;
  private static final int INPUT_SPEED = 36;
  private static final int OUTPUT_SPEED = 40;

  /** IGNBRK to IXOFF without IUTF8: whatever changes, drops or answers an octet. */
  private static final int INPUT_COOKED = 0x1fff;

  private static final int OPOST = 1;

  /** ISIG, ICANON, ECHO, ECHOE, ECHOK, ECHONL, IEXTEN. */
  private static final int LOCAL_COOKED = 0x1 | 0x2 | 0x8 | 0x10 | 0x20 | 0x40 | 0x8000;

  private static final int CSIZE_CS8 = 0x30;
  private static final int CSTOPB = 0x40;
  private static final int CREAD = 0x80;
  private static final int PARENB = 0x100;
  private static final int HUPCL = 0x400;
  private static final int CLOCAL = 0x800;
  private static final int CBAUD = 0x100f;
  private static final int CBAUD_INPUT = CBAUD << 16;
  private static final int BOTHER = 0x1000;
  private static final int CRTSCTS = 0x80000000;
  private static final int CONTROL = CSIZE_CS8 | CREAD | CLOCAL;
  private static final int CONTROL_NOT = CSTOPB | PARENB | HUPCL | CRTSCTS;

  /** Reads what holds now. On the master of a pseudo-terminal it is what holds at its other end. */
  static LineSettings of(Libc libc, int descriptor) throws IOException {
    try (Memory raw = get(libc, descriptor)) {
      return new LineSettings(
          raw.getInt(0), raw.getInt(4), raw.getInt(8), raw.getInt(12), raw.getInt(OUTPUT_SPEED));
    }
  }

  /**
   * Sets a line raw, 8N1, without flow control, without a hang-up at its close, and looks whether
   * it is.
   *
   * @throws IOException if the line is none, or does not keep it (BG-ENTROPY-033)
   */
  static void raw(Libc libc, int descriptor, int baud) throws IOException {
    try (Memory raw = get(libc, descriptor)) {
      raw.setInt(0, raw.getInt(0) & ~INPUT_COOKED);
      raw.setInt(4, raw.getInt(4) & ~OPOST);
      int control = raw.getInt(8) & ~(CBAUD | CBAUD_INPUT | CONTROL_NOT);
      raw.setInt(8, control | CONTROL | BOTHER);
      raw.setInt(12, raw.getInt(12) & ~LOCAL_COOKED);
      raw.setByte(VTIME, (byte) 0);
      raw.setByte(VMIN, (byte) 1);
      raw.setInt(INPUT_SPEED, baud);
      raw.setInt(OUTPUT_SPEED, baud);
      if (libc.ioctl(descriptor, TCSETS2, raw) != 0) {
        throw new IOException("BG-ENTROPY-033 a line cannot be set: " + Libc.lastError(libc));
      }
    }
    LineSettings kept = of(libc, descriptor);
    if (!kept.isRaw() || !kept.isAbout(baud)) {
      throw new IOException(
          "BG-ENTROPY-033 a line does not keep what was set, octets would be changed on it: baud="
              + baud
              + " kept="
              + kept);
    }
  }

  private static Memory get(Libc libc, int descriptor) throws IOException {
    Memory raw = new Memory(SIZE);
    raw.clear();
    if (libc.ioctl(descriptor, TCGETS2, raw) != 0) {
      int error = Native.getLastError();
      String why = libc.strerror(error);
      raw.close();
      throw new IOException(
          error == Libc.EIO
              ? "BG-ENTROPY-034 a device is gone: " + why
              : "BG-ENTROPY-033 this is no terminal line: " + why);
    }
    return raw;
  }

  /** Whether octets pass as they are, eight bits, no parity, one stop bit. */
  boolean isRaw() {
    return (input & INPUT_COOKED) == 0
        && (output & OPOST) == 0
        && (local & LOCAL_COOKED) == 0
        && (control & CONTROL) == CONTROL
        && (control & CONTROL_NOT) == 0;
  }

  /** An UART tolerates 2 %. */
  private boolean isAbout(int wanted) {
    return Math.abs((long) baud - wanted) * 50 <= wanted;
  }

  @Override
  public String toString() {
    return String.format(
        "[input=%x output=%x control=%x local=%x baud=%d]", input, output, control, local, baud);
  }
}
