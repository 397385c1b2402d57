package io.bellgate.qkd.optics;

import io.bellgate.qkd.optics.Message.Hello;
import io.bellgate.qkd.optics.Message.Welcome;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * A bench's connection to the fibre. An interrupt of a waiting thread closes it, and the fibre sees
 * that. For one thread, but for {@link #close}.
 */
final class Cable implements AutoCloseable {
  private final SocketChannel channel;
  private final InputStream in;
  private final OutputStream out;
  private Welcome welcome;

  private Cable(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.in = new BufferedInputStream(channel.socket().getInputStream());
    this.out = channel.socket().getOutputStream();
  }

  /** Connects and says hello. */
  static Cable connect(InetSocketAddress address, Hello hello, int waitMillis) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, waitMillis);
      channel.socket().setTcpNoDelay(true);
      channel.socket().setSoTimeout(waitMillis);
      Cable cable = new Cable(channel);
      cable.send(hello);
      Message answer = cable.receive();
      if (answer instanceof Message.Ended ended) {
        throw new IOException(ended.reason());
      }
      if (!(answer instanceof Welcome welcome) || welcome.version() != Message.VERSION) {
        throw new Malformed("a fibre answers a hello");
      }
      cable.welcome = welcome;
      return cable;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  Welcome welcome() {
    return welcome;
  }

  void send(Message.FromBench message) throws IOException {
    byte[] frame = Wire.write(message);
    try {
      out.write(frame);
    } finally {
      Arrays.fill(frame, (byte) 0);
    }
  }

  Message receive() throws IOException {
    return Wire.read(in);
  }

  boolean open() {
    return channel.isOpen();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger(Cable.class.getName())
          .log(System.Logger.Level.DEBUG, "closing: {0}", e.getMessage());
    }
  }
}
