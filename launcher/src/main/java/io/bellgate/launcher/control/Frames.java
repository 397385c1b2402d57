package io.bellgate.launcher.control;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;

/** Frames of the control socket: type (u8), length (u32, big endian), octets. */
final class Frames {
  static final int INVOCATION = 0;
  static final int STDIN = 1;
  static final int STDIN_END = 2;
  static final int STDOUT = 1;
  static final int STDERR = 2;
  static final int EXIT = 3;

  /** Longest frame that is accepted, in octets. */
  static final int MAX_OCTETS = 1 << 20;

  private Frames() {}

  /**
   * One frame.
   *
   * @param type see the constants
   * @param octets its content
   */
  record Frame(int type, byte[] octets) {}

  static void write(OutputStream out, int type, byte[] octets, int length) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    byte[] frame = new byte[5 + length];
    frame[0] = (byte) type;
    for (int i = 0; i < 4; i++) {
      frame[1 + i] = (byte) (length >>> (24 - 8 * i));
    }
    System.arraycopy(octets, 0, frame, 5, length);
    data.write(frame);
    data.flush();
  }

  /**
   * Reads one frame.
   *
   * @throws EOFException if the other end closed
   * @throws ProtocolException if a length is beyond {@link #MAX_OCTETS}
   */
  static Frame read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    int type = data.readUnsignedByte();
    int length = data.readInt();
    if (length < 0 || length > MAX_OCTETS) {
      throw new ProtocolException(
          "a frame is longer than allowed: octets="
              + Integer.toUnsignedString(length)
              + " max="
              + MAX_OCTETS);
    }
    return new Frame(type, data.readNBytes(length));
  }
}
