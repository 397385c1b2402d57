package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.Role;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A fibre on a port of its own, and benches at it, over loopback. */
final class Rig implements AutoCloseable {
  static final long HANG_SECONDS = 60;

  final Fibre fibre = new Fibre();
  final ExecutorService threads = Executors.newCachedThreadPool();
  private final InetSocketAddress address;
  private final Fibre.Settings settings;

  Rig(Map<String, Object> configured) throws IOException {
    ServerSocketChannel first = listen(0);
    InetSocketAddress bound = (InetSocketAddress) first.getLocalAddress();
    address = InetSocketAddress.createUnresolved("127.0.0.1", bound.getPort());
    settings = settings(Fibre.Settings.class, configured);
    fibre.start(settings, name -> first.isOpen() ? first : listen(bound.getPort()));
  }

  /** Starts the fibre again on the same port, with fresh counters. */
  void restart() {
    fibre.start(settings, name -> listen(port()));
  }

  /** A port that was closed a moment ago is free in a moment. */
  private static ServerSocketChannel listen(int port) {
    for (int tries = 0; ; tries++) {
      try {
        return ServerSocketChannel.open()
            .setOption(StandardSocketOptions.SO_REUSEADDR, true)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException e) {
        if (tries == 1_000_000) {
          throw new java.io.UncheckedIOException(e);
        }
        Thread.yield();
      }
    }
  }

  /** A configuration with its defaults. */
  static <A extends Annotation> A settings(Class<A> type, Map<String, Object> values) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                values.getOrDefault(method.getName(), method.getDefaultValue())));
  }

  int port() {
    return address.getPort();
  }

  Device device(Role role) {
    return device(role, 30_000, Pace.REAL);
  }

  Device device(Role role, int waitMillis, Pace pace) {
    String site = role == Role.ALICE ? "alice" : "bob";
    return new Device(
        address, new Message.Hello(Message.VERSION, "demo", role, site), waitMillis, pace);
  }

  Tap tap(Role role, String site) throws IOException {
    return new Tap(address.getPort(), new Message.Hello(Message.VERSION, "demo", role, site));
  }

  Map<?, ?> link() {
    Map<?, ?> links = (Map<?, ?>) fibre.status().get("links");
    return links.containsKey("demo") ? (Map<?, ?>) links.get("demo") : Map.of();
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.get(HANG_SECONDS, TimeUnit.SECONDS);
  }

  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it never comes");
      }
      Thread.yield();
    }
  }

  @Override
  public void close() {
    fibre.deactivate();
    threads.shutdownNow();
  }

  /** A bench that keeps every octet it is told. */
  static final class Tap implements AutoCloseable {
    final ByteArrayOutputStream told = new ByteArrayOutputStream();
    final InputStream in;
    final OutputStream out;
    private final Socket socket;

    Tap(int port, Message.Hello hello) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(HANG_SECONDS));
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
      if (hello != null) {
        say(hello);
      }
    }

    void say(Message message) throws IOException {
      out.write(Wire.write(message));
    }

    Message hear() throws IOException {
      Message message = Wire.read(in);
      told.write(Wire.write(message));
      return message;
    }

    /** Runs a block, or what comes of it. */
    Message run(UUID block, long pulses, Function<Passage.Batch, byte[]> settings)
        throws IOException {
      hear();
      say(new Message.Begin(block, pulses));
      Message message = hear();
      while (!(message instanceof Message.Passed) && !(message instanceof Message.Ended)) {
        if (message instanceof Message.Ask ask) {
          say(new Message.Settings(settings.apply(ask.batch())));
        }
        message = hear();
      }
      return message;
    }

    /** Leaves at once. */
    void unplug() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      unplug();
    }
  }
}
