package io.bellgate.ops.shell;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;

/**
 * The frames of the control channel: {@code [type u8][length u32][octets]}, see
 * docs/architecture.md.
 */
final class Frames {
  static final int INVOKE = 0;
  static final int STDIN = 1;
  static final int STDIN_END = 2;
  static final int STDOUT = 1;
  static final int STDERR = 2;
  static final int EXIT = 3;
  private static final int MOST = 1 << 16;

  private Frames() {}

  /**
   * A frame.
   *
   * @param type see the constants
   * @param octets at most 65,536
   */
  record Frame(int type, byte[] octets) {}

  /** Reads a frame; the length is checked before anything is allocated. */
  static Frame read(DataInputStream in) throws IOException {
    int type = in.readUnsignedByte();
    int length = in.readInt();
    if (length < 0 || length > MOST) {
      throw new IOException(
          "BG-CONTROL-001 a frame has at most " + MOST + " octets: octets=" + length);
    }
    byte[] octets = new byte[length];
    in.readFully(octets);
    return new Frame(type, octets);
  }

  static void write(DataOutputStream out, int type, byte[] octets, int from, int length)
      throws IOException {
    synchronized (out) {
      out.writeByte(type);
      out.writeInt(length);
      out.write(octets, from, length);
      out.flush();
    }
  }

  static void exit(DataOutputStream out, int code) throws IOException {
    write(
        out,
        EXIT,
        new byte[] {(byte) (code >>> 24), (byte) (code >>> 16), (byte) (code >>> 8), (byte) code},
        0,
        4);
  }

  /** A stream that sends what is written to it as frames. */
  static OutputStream sender(DataOutputStream out, int type) {
    return new java.io.BufferedOutputStream(
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
          }

          @Override
          public void write(byte[] octets, int from, int length) throws IOException {
            for (int at = 0; at < length; at += MOST) {
              Frames.write(out, type, octets, from + at, Math.min(MOST, length - at));
            }
          }
        },
        8192);
  }

  /** Passes standard input frames on until their end or the end of the connection. */
  static InputStream receiver(DataInputStream in) throws IOException {
    PipedInputStream stdin = new PipedInputStream(MOST);
    PipedOutputStream feed = new PipedOutputStream(stdin);
    Thread thread =
        new Thread(
            () -> {
              try (feed) {
                for (Frame frame = read(in); frame.type() == STDIN; frame = read(in)) {
                  feed.write(frame.octets());
                  feed.flush();
                }
              } catch (IOException e) {
                // the client is gone: its command reads the end of input
              }
            },
            "control-stdin");
    thread.setDaemon(true);
    thread.start();
    return stdin;
  }
}
