package io.bellgate.launcher.control;

import io.bellgate.launcher.report.Refusal;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one command in a running gateway. */
public final class ControlClient {
  private static final long SILENCE_SECONDS = 10;

  private final Path socket;

  /**
   * @param socket path of the control socket
   */
  public ControlClient(Path socket) {
    this.socket = socket;
  }

  /**
   * The three streams of a command.
   *
   * @param in read on another thread until it ends or the command does
   * @param out not closed
   * @param err not closed
   */
  public record Streams(InputStream in, OutputStream out, OutputStream err) {}

  /**
   * Runs a command and waits for its end.
   *
   * @param arguments name of the command first
   * @param columns width of the terminal
   * @return its exit code
   * @throws Refusal if no gateway answers (exit code 3)
   */
  public int run(List<String> arguments, int columns, Streams streams) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      OutputStream out = output(channel);
      byte[] invocation = invocation(arguments, columns);
      Frames.write(out, Frames.INVOCATION, invocation, invocation.length);
      Thread input = new Thread(() -> forward(streams.in(), out), "bellgate-stdin");
      input.setDaemon(true);
      input.start();
      Thread hint = new Thread(() -> hint(streams.err()), "bellgate-hint");
      hint.setDaemon(true);
      hint.start();
      return answer(Channels.newInputStream(channel), streams, hint);
    } catch (ProtocolException | EOFException e) {
      throw Refusal.unreachable(
          "the gateway broke off: " + e.getMessage(), "look into its log, then try again");
    } catch (IOException e) {
      throw Refusal.unreachable(
          "no gateway answers: socket=" + socket + " reason=" + e.getMessage(),
          "start it with bellgate run --site SITE, or name the right --site and --data");
    }
  }

  private static byte[] invocation(List<String> arguments, int columns) {
    JsonArrayBuilder words = Json.createArrayBuilder();
    arguments.forEach(words::add);
    return Json.createObjectBuilder()
        .add("arguments", words)
        .add("columns", columns)
        .build()
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static int answer(InputStream in, Streams streams, Thread hint) throws IOException {
    while (true) {
      Frames.Frame frame = Frames.read(in);
      hint.interrupt();
      switch (frame.type()) {
        case Frames.STDOUT -> print(streams.out(), frame);
        case Frames.STDERR -> print(streams.err(), frame);
        case Frames.EXIT -> {
          if (frame.octets().length != 4) {
            throw new ProtocolException("an exit code has 4 octets: " + frame.octets().length);
          }
          return ByteBuffer.wrap(frame.octets()).getInt();
        }
        default -> throw new ProtocolException("no such frame: type=" + frame.type());
      }
    }
  }

  /** While the bundle that serves commands is replaced, a command waits in the kernel. */
  private static void hint(OutputStream err) {
    try {
      TimeUnit.SECONDS.sleep(SILENCE_SECONDS);
      String text = "bellgate: the gateway runs but has not answered yet; Ctrl-C gives up\n";
      err.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException | IOException e) {
      return; // it answered
    }
  }

  private static void print(OutputStream out, Frames.Frame frame) throws IOException {
    out.write(frame.octets());
    out.flush();
  }

  private static void forward(InputStream in, OutputStream out) {
    byte[] buffer = new byte[8192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Frames.write(out, Frames.STDIN, buffer, n);
      }
      Frames.write(out, Frames.STDIN_END, buffer, 0);
    } catch (IOException e) {
      return; // the command ended first
    }
  }

  /** Unlike the JDK's stream, does not share a lock with the reader of the same channel. */
  private static OutputStream output(SocketChannel channel) {
    return new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
      }

      @Override
      public synchronized void write(byte[] octets, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets, offset, length);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    };
  }
}
