package io.bellgate.peer.link;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Connections whose handshakes are under way: bounded in time, and those that arrive in number, so
 * that nobody who lingers holds anything up. When there are too many, the source with most of them
 * (an address, of IPv6 the first half) loses its oldest. One lock, its monitor.
 */
final class Doorway implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Doorway.class.getName());

  /** Arrivals at a time. */
  static final int MOST = 32;

  private static final String OWN = "";

  private final long millis;
  private final List<Passage> passages = new ArrayList<>();
  private final ScheduledThreadPoolExecutor clock;
  private boolean closed;

  /**
   * @param millis how long a handshake may take, from the connection to HELLO
   */
  Doorway(long millis) {
    this.millis = millis;
    this.clock = new ScheduledThreadPoolExecutor(1, task -> Links.daemon(task, "peer-doorway"));
    clock.setRemoveOnCancelPolicy(true);
  }

  /** One handshake; closed when it is over, whatever became of it. */
  final class Passage implements AutoCloseable {
    private final Socket socket;
    private final String source;
    private final ScheduledFuture<?> limit;
    private volatile String cut;

    private Passage(Socket socket, String source) {
      this.socket = socket;
      this.source = source;
      this.limit =
          clock.schedule(
              () -> cut("it took longer than " + millis + " ms"), millis, TimeUnit.MILLISECONDS);
    }

    private void cut(String why) {
      cut = "BG-PEER-018 a handshake was cut off: " + why;
      try {
        socket.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "a socket did not close", e);
      }
    }

    /** What to say of a failure: why it was cut off, if it was. */
    IOException failure(IOException seen) {
      return cut == null ? seen : new IOException(cut, seen);
    }

    @Override
    public void close() {
      limit.cancel(false);
      synchronized (Doorway.this) {
        passages.remove(this);
      }
    }
  }

  /**
   * A connection to a peer that was dialled.
   *
   * @throws IOException if this end has been closed
   */
  Passage leaving(Socket socket) throws IOException {
    return passage(socket, OWN);
  }

  /**
   * A connection that came; makes room for it if need be.
   *
   * @throws IOException if this end has been closed
   */
  synchronized Passage arriving(Socket socket) throws IOException {
    Map<String, List<Passage>> sources =
        passages.stream()
            .filter(p -> !p.source.equals(OWN))
            .collect(Collectors.groupingBy(p -> p.source));
    if (sources.values().stream().mapToInt(List::size).sum() == MOST) {
      Passage oldest =
          Collections.max(sources.values(), Comparator.comparingInt(List::size)).get(0);
      passages.remove(oldest);
      oldest.cut("too many at a time from " + oldest.source);
    }
    return passage(socket, source(socket.getInetAddress()));
  }

  private synchronized Passage passage(Socket socket, String source) throws IOException {
    if (closed) {
      socket.close();
      throw new ClosedChannelException();
    }
    Passage passage = new Passage(socket, source);
    passages.add(passage);
    return passage;
  }

  private static String source(InetAddress address) {
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(address.getAddress(), 0, 8) + "/64"
        : address.getHostAddress();
  }

  /** Cuts off what is under way. */
  @Override
  public synchronized void close() {
    closed = true;
    clock.shutdownNow();
    passages.forEach(passage -> passage.cut("this gateway goes away"));
  }
}
