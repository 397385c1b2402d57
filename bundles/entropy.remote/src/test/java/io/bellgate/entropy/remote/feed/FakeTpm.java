package io.bellgate.entropy.remote.feed;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Answers TPM2_GetRandom as a TPM does that has a digest of 48 octets, and refuses all else. */
public final class FakeTpm implements AutoCloseable {
  private static final int LARGEST = 48;

  private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Random samples = new Random(11);
  private volatile UnaryOperator<byte[]> wrong = a -> a;
  private volatile boolean dribbling;

  public FakeTpm() throws IOException {
    Thread thread = new Thread(this::serve, "fake-tpm");
    thread.setDaemon(true);
    thread.start();
  }

  public String place() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** Changes the next answer; an empty one hangs up. */
  void misbehave(UnaryOperator<byte[]> next) {
    wrong = next;
  }

  /** Sends each octet on its own. */
  void dribble() {
    dribbling = true;
  }

  private void serve() {
    while (!listening.isClosed()) {
      try (Socket socket = listening.accept()) {
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        while (answer(in, socket)) {
          // the next command
        }
      } catch (EOFException hungUp) {
        // the next client
      } catch (IOException e) {
        if (!listening.isClosed() && !e.getMessage().contains("reset")) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    }
  }

  private boolean answer(DataInputStream in, Socket socket) throws IOException {
    byte[] command = new byte[12];
    in.readFully(command);
    UnaryOperator<byte[]> change = wrong;
    wrong = a -> a;
    byte[] answer = change.apply(answer(command));
    int piece = dribbling ? 1 : answer.length;
    for (int i = 0; i < answer.length; i += piece) {
      socket.getOutputStream().write(answer, i, piece);
    }
    return answer.length > 0;
  }

  private byte[] answer(byte[] command) {
    byte[] expected = {(byte) 0x80, 1, 0, 0, 0, 12, 0, 0, 1, 0x7b};
    if (!Arrays.equals(expected, Arrays.copyOf(command, 10))) {
      return code(0x143); // TPM_RC_COMMAND_CODE
    }
    byte[] octets = new byte[Math.min(LARGEST, ByteBuffer.wrap(command).getShort(10))];
    samples.nextBytes(octets);
    return ByteBuffer.allocate(12 + octets.length)
        .putShort((short) 0x8001)
        .putInt(12 + octets.length)
        .putInt(0)
        .putShort((short) octets.length)
        .put(octets)
        .array();
  }

  static byte[] code(int code) {
    return ByteBuffer.allocate(10).putShort((short) 0x8001).putInt(10).putInt(code).array();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
