package io.bellgate.entropy.remote.server;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * The JDK's HTTP server on few threads, each exchange within a bound: whoever sends or reads more
 * slowly is hung up on. It has no such bound of its own but for the whole virtual machine.
 */
final class Listener implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int BACKLOG = 16;
  private static final ThreadFactory FACTORY =
      task -> {
        Thread thread = new Thread(task, "entropy-server");
        thread.setDaemon(true);
        return thread;
      };

  private final HttpServer server;
  private final Duration bound;
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), FACTORY);
  private final ScheduledExecutorService watch = Executors.newScheduledThreadPool(1, FACTORY);
  private final AtomicLong hungUp = new AtomicLong();

  /**
   * Opens the port.
   *
   * @param tls what is shown to clients, or null for none
   * @param bound the longest that an exchange may take
   * @throws IOException if the port is in use
   */
  Listener(InetSocketAddress address, SSLContext tls, HttpHandler handler, Duration bound)
      throws IOException {
    this.bound = bound;
    if (tls == null) {
      server = HttpServer.create(address, BACKLOG);
    } else {
      HttpsServer secure = HttpsServer.create(address, BACKLOG);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      server = secure;
    }
    threads.allowCoreThreadTimeOut(true);
    server.setExecutor(task -> threads.execute(() -> within(task)));
    server.createContext("/", handler);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  long hungUp() {
    return hungUp.get();
  }

  /** An interrupt closes the channel that the thread reads or writes. */
  private void within(Runnable exchange) {
    Thread thread = Thread.currentThread();
    Object lock = new Object();
    boolean[] over = {false};
    Future<?> late =
        watch.schedule(
            () -> {
              synchronized (lock) {
                if (!over[0]) {
                  hungUp.incrementAndGet();
                  thread.interrupt();
                }
              }
            },
            bound.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      exchange.run();
    } finally {
      synchronized (lock) {
        over[0] = true;
      }
      late.cancel(false);
      Thread.interrupted(); // this thread serves others, too
    }
  }

  /** Whether somebody is being answered. */
  boolean busy() {
    return threads.getActiveCount() > 0;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    watch.shutdownNow();
  }
}
