package io.bellgate.ops.shell;

import io.bellgate.api.ops.Command;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Serves commands on the control socket that the launcher lends. Whoever may connect (the owner, by
 * file mode) may run every command.
 *
 * <p>When it is swapped, calls that have begun run to their end in the old version; new ones wait
 * in the kernel for the new one, which borrows the socket as soon as it is free. Malformed input
 * ends its connection with a code; the channel goes on.
 */
@Component(
    service = {},
    immediate = true)
public final class ControlChannel {
  private static final System.Logger LOG = System.getLogger(ControlChannel.class.getName());
  private static final int MOST_CALLS = 16;
  private static final long BORROW_RETRY_MILLIS = 20;
  private static final long PART_MILLIS = 1_000;

  private final Commands commands;
  private final Function<String, Object> sockets;
  private final Semaphore calls = new Semaphore(MOST_CALLS);
  private final Thread thread;
  private volatile boolean stopped;
  private volatile ServerSocketChannel lent;

  /**
   * Begins to serve.
   *
   * @param commands what can be called
   * @param sockets the launcher's
   */
  @Activate
  public ControlChannel(
      @Reference Commands commands,
      @Reference(target = "(bellgate.sockets=true)") Function<String, Object> sockets) {
    this.commands = commands;
    this.sockets = sockets;
    thread = new Thread(this::serve, "control");
    thread.setDaemon(true);
    thread.start();
  }

  @Deactivate
  void deactivate() throws IOException, InterruptedException {
    stopped = true;
    ServerSocketChannel borrowed = lent;
    if (borrowed != null) {
      borrowed.close();
    }
    thread.interrupt();
    thread.join(2_000);
  }

  private void serve() {
    try (ServerSocketChannel channel = borrow()) {
      lent = channel;
      while (!stopped && channel != null) {
        accept(channel);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the loan of the control socket has ended", e);
    }
  }

  private void accept(ServerSocketChannel channel) throws ClosedChannelException {
    try {
      SocketChannel client = channel.accept();
      if (!calls.tryAcquire()) {
        client.close();
        return;
      }
      Thread call = new Thread(() -> call(client), "control-call");
      call.setDaemon(true);
      call.start();
    } catch (ClosedChannelException e) {
      throw e; // the loan has ended
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "a control client could not arrive: {0}", e.getMessage());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BORROW_RETRY_MILLIS));
    }
  }

  private ServerSocketChannel borrow() {
    while (!stopped) {
      try {
        return (ServerSocketChannel) sockets.apply("control");
      } catch (IllegalStateException onLoan) {
        try {
          Thread.sleep(BORROW_RETRY_MILLIS);
        } catch (InterruptedException e) {
          return null;
        }
      } catch (IllegalArgumentException none) {
        LOG.log(System.Logger.Level.INFO, "this framework has no control socket");
        return null;
      }
    }
    return null;
  }

  private void call(SocketChannel client) {
    try (client;
        DataInputStream in = new DataInputStream(Channels.newInputStream(client));
        DataOutputStream out = new DataOutputStream(output(client))) {
      try {
        Frames.exit(out, run(in, out));
      } catch (Malformed e) {
        byte[] message = (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
        Frames.write(out, Frames.STDERR, message, 0, message.length);
        Frames.exit(out, Command.USAGE);
      }
      part(client, in);
    } catch (EOFException e) {
      LOG.log(System.Logger.Level.DEBUG, "a control client left");
    } catch (IOException e) {
      LOG.log(System.Logger.Level.INFO, "a control connection ended: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      calls.release();
    }
  }

  /**
   * Unlike the JDK's stream, does not share a lock with the reader of the same channel: a command
   * that asks says so while its input is awaited.
   */
  private static OutputStream output(SocketChannel client) {
    return new OutputStream() {
      @Override
      public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
      }

      @Override
      public synchronized void write(byte[] octets, int from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets, from, length);
        while (buffer.hasRemaining()) {
          client.write(buffer);
        }
      }
    };
  }

  /** Lets the client hang up first: closing on octets that were not read can cost it the answer. */
  private static void part(SocketChannel client, DataInputStream in)
      throws IOException, InterruptedException {
    client.shutdownOutput();
    Thread reader =
        new Thread(
            () -> {
              try {
                in.transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // it hung up
              }
            },
            "control-part");
    reader.setDaemon(true);
    reader.start();
    reader.join(PART_MILLIS);
  }

  private int run(DataInputStream in, DataOutputStream out)
      throws IOException, InterruptedException {
    List<String> words = words(Frames.read(in));
    if (words.isEmpty()) {
      throw new Malformed("BG-CONTROL-003 a call names a command: known=" + commands.names());
    }
    Optional<Command> command = commands.command(words.get(0));
    if (command.isEmpty()) {
      throw new Malformed(
          "BG-CONTROL-004 this gateway has no such command: command="
              + words.get(0)
              + " known="
              + commands.names());
    }
    OutputStream stdout = Frames.sender(out, Frames.STDOUT);
    OutputStream stderr = Frames.sender(out, Frames.STDERR);
    try (InputStream stdin = Frames.receiver(in)) { // closing it frees its feeder
      return Commands.run(command.get(), words.subList(1, words.size()), stdin, stdout, stderr);
    }
  }

  private static List<String> words(Frames.Frame frame) throws Malformed {
    if (frame.type() != Frames.INVOKE) {
      throw new Malformed(
          "BG-CONTROL-002 a call begins with an invocation frame: type=" + frame.type());
    }
    try (JsonReader reader =
        Json.createReader(new StringReader(new String(frame.octets(), StandardCharsets.UTF_8)))) {
      JsonObject call = reader.readObject();
      return call.getJsonArray("arguments").getValuesAs(JsonString::getString);
    } catch (JsonException | NullPointerException | ClassCastException | IllegalStateException e) {
      throw new Malformed("BG-CONTROL-002 an invocation is JSON with a list of texts `arguments`");
    }
  }

  /** Input that breaks the protocol. */
  private static final class Malformed extends IOException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }
}
