package io.bellgate.qkd.optics;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Takes benches in, one thread for each connection; whatever one of them says, the others go on.
 */
final class Server implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Server.class.getName());
  private static final int MOST_CONNECTIONS = 16;
  private static final int HELLO_MILLIS = 10_000;
  private static final int CLOSE_MILLIS = 2_000;

  private final ServerSocketChannel listen;
  private final Table table;
  private final Pace pace;
  private final Map<String, Link> links = new ConcurrentHashMap<>();
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private final Thread accepting = new Thread(this::accept, "optics-accept");
  private volatile boolean closing;
  private volatile String lastError = "none";

  Server(ServerSocketChannel listen, Table table, Pace pace) {
    this.listen = listen;
    this.table = table;
    this.pace = pace;
    accepting.setDaemon(true);
    accepting.start();
  }

  private void accept() {
    while (!closing) {
      try {
        SocketChannel channel = listen.accept();
        if (closing) {
          channel.close();
          return;
        }
        connections.add(channel);
        Thread thread = new Thread(() -> serve(channel), "optics-bench");
        thread.setDaemon(true);
        thread.start();
      } catch (java.nio.channels.ClosedChannelException e) {
        return; // the loan has ended
      } catch (IOException e) {
        failed(e.getMessage());
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
  }

  private void failed(String message) {
    lastError = message;
    LOG.log(System.Logger.Level.WARNING, "a bench is not served: {0}", message);
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      Socket socket = channel.socket();
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(HELLO_MILLIS);
      OutputStream out = socket.getOutputStream();
      try {
        converse(channel, new BufferedInputStream(socket.getInputStream()), out);
      } catch (Malformed | Station.Broken e) {
        failed(e.getMessage());
        out.write(Wire.write(new Message.Ended(e.getMessage())));
      }
    } catch (EOFException e) {
      LOG.log(System.Logger.Level.DEBUG, "a bench has left");
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a bench is gone: {0}", e.getMessage());
    } finally {
      connections.remove(channel);
    }
  }

  private void converse(SocketChannel channel, InputStream in, OutputStream out)
      throws IOException, Station.Broken {
    Message.Hello hello = hello(in);
    channel.socket().setSoTimeout(0);
    Link link = links.computeIfAbsent(hello.link(), name -> new Link(name, table, pace));
    Station<?> station = link.join(hello, out, channel);
    try {
      Light light = table.odds().light();
      out.write(Wire.write(new Message.Welcome(Message.VERSION, light.source(), light.describe())));
      while (true) {
        Message message = Wire.read(in);
        if (message instanceof Message.Begin begin) {
          link.begin(station, begin);
        } else if (message instanceof Message.Settings settings) {
          station.answered(settings.settings());
        } else {
          throw new Malformed("a bench begins a block or answers");
        }
      }
    } finally {
      link.leave(station);
    }
  }

  private Message.Hello hello(InputStream in) throws IOException, Station.Broken {
    if (connections.size() > MOST_CONNECTIONS) {
      throw new Station.Broken(
          "BG-OPTICS-004 the fibre takes some benches only: most=" + MOST_CONNECTIONS);
    }
    if (!(Wire.read(in) instanceof Message.Hello hello)) {
      throw new Malformed("a bench says hello first");
    }
    if (hello.version() != Message.VERSION) {
      throw new Station.Broken(
          "BG-OPTICS-002 bench and fibre speak one version: fibre="
              + Message.VERSION
              + " bench="
              + hello.version());
    }
    if (links.size() >= MOST_CONNECTIONS && !links.containsKey(hello.link())) {
      throw new Station.Broken(
          "BG-OPTICS-004 the fibre knows some links only: most=" + MOST_CONNECTIONS);
    }
    return hello;
  }

  Map<String, Object> status() {
    Map<String, Object> status = new TreeMap<>();
    Map<String, Object> all = new TreeMap<>();
    links.forEach((name, link) -> all.put(name, link.status()));
    status.put("connections", connections.size());
    status.put("links", all);
    status.put("lastError", lastError);
    return status;
  }

  /** Gives the socket back and lets every bench go; within 2 s nobody is taken in any more. */
  @Override
  public void close() {
    closing = true;
    try {
      listen.close();
      accepting.join(CLOSE_MILLIS);
      for (SocketChannel connection : connections) {
        connection.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing: {0}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
