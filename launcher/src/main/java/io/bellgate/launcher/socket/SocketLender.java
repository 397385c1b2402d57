package io.bellgate.launcher.socket;

import io.bellgate.launcher.report.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds the listening sockets of a gateway and lends each to one borrower at a time. The sockets
 * live as long as this object; all methods may be called from any thread.
 */
public final class SocketLender implements AutoCloseable {
  /** Name of the control socket. */
  public static final String CONTROL = "control";

  private static final int RECEIVE_BUFFER_OCTETS = 1 << 20;
  private static final int BACKLOG = 128;

  private final Map<String, NetworkChannel> channels = new TreeMap<>();
  private final Map<String, Loan> loans = new HashMap<>();

  /**
   * Opens a declared socket. Where any free port will do, {@code wish} is tried first, so that a
   * restarted gateway is found where it was.
   *
   * @param wish a port, or 0
   * @throws Refusal as {@link #open(SocketSpec)}
   */
  public synchronized void open(SocketSpec spec, int wish) {
    if (spec.port() != 0 || wish == 0) {
      open(spec);
      return;
    }
    try {
      open(new SocketSpec(spec.name(), spec.type(), spec.address(), wish));
    } catch (Refusal e) {
      open(spec); // somebody else has it now
    }
  }

  /**
   * Opens a declared socket.
   *
   * @throws Refusal if the address is taken or not ours (BG-SOCKET-001)
   */
  public synchronized void open(SocketSpec spec) {
    NetworkChannel channel = null;
    try {
      InetSocketAddress address = new InetSocketAddress(spec.address(), spec.port());
      if (spec.type() == SocketSpec.Type.UDP) {
        DatagramChannel udp = DatagramChannel.open();
        channel = udp;
        udp.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_OCTETS);
        udp.bind(address).configureBlocking(false);
      } else {
        ServerSocketChannel tcp = ServerSocketChannel.open();
        channel = tcp;
        tcp.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        tcp.bind(address, BACKLOG).configureBlocking(false);
      }
      channels.put(spec.name(), channel);
    } catch (IOException | RuntimeException e) {
      closeQuietly(channel);
      throw Refusal.refused(
          "BG-SOCKET-001",
          "sockets/" + spec.name(),
          "the socket cannot be opened: type="
              + spec.type()
              + " address="
              + spec.address()
              + " port="
              + spec.port()
              + " reason="
              + e.getMessage(),
          "end what holds the port (ss -lnup, ss -lntp), or change the port in site.json; 0 is any");
    }
  }

  /** Opens the control socket, for the owner only. */
  public synchronized void openControl(Path path) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(UnixDomainSocketAddress.of(path), BACKLOG).configureBlocking(false);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      closeQuietly(channel);
      throw new IOException("the control socket cannot be opened: path=" + path, e);
    }
    channels.put(CONTROL, channel);
  }

  /**
   * Lends a socket.
   *
   * @return a {@link java.net.DatagramSocket} or a {@link ServerSocketChannel}
   * @throws IllegalArgumentException if there is no such socket
   * @throws IllegalStateException if it is on loan
   */
  public synchronized Object lend(String name) {
    NetworkChannel channel = channels.get(name);
    if (channel == null) {
      throw new IllegalArgumentException(
          "no such socket: name="
              + name
              + " known="
              + channels.keySet()
              + "; declare it in \"sockets\" of site.json");
    }
    Loan old = loans.get(name);
    if (old != null && !old.ended()) {
      throw new IllegalStateException("the socket is on loan: name=" + name);
    }
    try {
      Loan loan =
          channel instanceof DatagramChannel udp
              ? new LentDatagramSocket(udp)
              : new LentServerChannel((ServerSocketChannel) channel);
      loans.put(name, loan);
      return loan;
    } catch (IOException e) {
      throw new IllegalStateException("the socket cannot be lent: name=" + name, e);
    }
  }

  /** Ends loans whose borrower has gone without closing them. */
  public static void end(Collection<Object> loans) {
    for (Object loan : loans) {
      if (loan instanceof Loan lent && !lent.ended()) {
        closeQuietly(lent);
      }
    }
  }

  /** Name to bound port of every UDP and TCP socket. */
  public synchronized Map<String, Integer> ports() {
    Map<String, Integer> out = new TreeMap<>();
    channels.forEach(
        (name, channel) -> {
          try {
            if (channel.getLocalAddress() instanceof InetSocketAddress address) {
              out.put(name, address.getPort());
            }
          } catch (IOException e) {
            throw new IllegalStateException("the lender is closed", e);
          }
        });
    return out;
  }

  /** Closes the real sockets. */
  @Override
  public synchronized void close() {
    loans.values().forEach(SocketLender::closeQuietly);
    channels.values().forEach(SocketLender::closeQuietly);
    channels.clear();
  }

  private static void closeQuietly(java.io.Closeable closeable) {
    try {
      if (closeable != null) {
        closeable.close();
      }
    } catch (IOException e) {
      System.getLogger(SocketLender.class.getName())
          .log(System.Logger.Level.WARNING, "a socket did not close", e);
    }
  }
}
