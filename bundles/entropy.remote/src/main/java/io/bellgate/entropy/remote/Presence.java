package io.bellgate.entropy.remote;

import io.bellgate.api.entropy.NoiseSource;
import io.bellgate.api.entropy.NoiseSource.Description;
import io.bellgate.api.ops.StatusSource;
import io.bellgate.entropy.remote.feed.Remote;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * Offers a remote as a noise source for as long as it answers. A failure withdraws it; then it is
 * tried again, after a pause that doubles with each failure. One thread; one lock, on this object,
 * around what is noted.
 */
final class Presence implements StatusSource, AutoCloseable {
  /**
   * How often it tries.
   *
   * @param firstMillis after the first failure
   * @param mostMillis at most
   */
  record Pauses(long firstMillis, long mostMillis) {
    static final Pauses USUAL = new Pauses(5_000, 300_000);
  }

  private static final System.Logger LOG = System.getLogger(Presence.class.getName());
  private static final long STOP_MILLIS = 2_000;

  private final BundleContext context;
  private final String name;
  private final Remote remote;
  private final Function<String, Description> describe;
  private final Pauses pauses;
  private final Thread thread;
  private final ServiceRegistration<StatusSource> status;
  private RemoteSource offered;
  private IOException failure;
  private long octetsBefore;
  private long losses;
  private String problem = "not reached yet";
  private boolean closed;

  /**
   * Begins to try.
   *
   * @param describe makes the description of the identity that the remote shows
   */
  Presence(
      BundleContext context, Remote remote, Function<String, Description> describe, Pauses pauses) {
    this.context = context;
    this.name = describe.apply("unknown").name(); // refuses values out of range now
    this.remote = remote;
    this.describe = describe;
    this.pauses = pauses;
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(StatusSource.SECTION, name);
    status = context.registerService(StatusSource.class, this, properties);
    thread = new Thread(this::run, "entropy-remote-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long pause = pauses.firstMillis();
    try {
      while (!closed()) {
        if (offer()) {
          pause = pauses.firstMillis();
        }
        pause(pause);
        pause = Math.min(2 * pause, pauses.mostMillis());
      }
    } catch (InterruptedException stopped) {
      LOG.log(Level.DEBUG, "no longer tried: source={0}", name);
    }
  }

  /** Returns when it is lost, or could not be reached. */
  private boolean offer() throws InterruptedException {
    try {
      Description description = describe.apply(remote.reach());
      RemoteSource source = new RemoteSource(remote, description, this::lost);
      begin(source);
      Dictionary<String, Object> properties = new Hashtable<>();
      properties.put("entropy.source", description.name());
      properties.put("entropy.simulated", false);
      ServiceRegistration<NoiseSource> registration =
          context.registerService(NoiseSource.class, source, properties);
      LOG.log(Level.INFO, "noise source: name={0} device={1}", name, description.device());
      try {
        awaitLoss();
      } finally {
        withdraw(registration);
        end(source);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      note(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private synchronized boolean closed() {
    return closed;
  }

  private synchronized void begin(RemoteSource source) {
    failure = null;
    problem = "";
    offered = source;
  }

  private synchronized void end(RemoteSource source) {
    octetsBefore += source.octets();
    offered = null;
    losses++;
    if (failure != null) {
      note(String.valueOf(failure.getMessage()));
    }
  }

  private synchronized void note(String why) {
    if (!why.equals(problem) && !closed) {
      LOG.log(Level.WARNING, "a remote source is away: name={0} why={1}", name, why);
    }
    problem = why;
  }

  private synchronized void lost(IOException why) {
    if (failure == null) {
      failure = why;
    }
    notifyAll();
  }

  private synchronized void awaitLoss() throws InterruptedException {
    while (failure == null && !closed) {
      wait();
    }
  }

  private synchronized void pause(long millis) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = 1; left > 0 && !closed; left = until - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private static void withdraw(ServiceRegistration<?> registration) {
    try {
      registration.unregister();
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the bundle has stopped before", e);
    }
  }

  @Override
  public synchronized Map<String, Object> status() {
    Map<String, Object> now = new LinkedHashMap<>();
    now.put("offered", offered != null);
    now.put("losses", losses);
    now.put("octets", octetsBefore + (offered == null ? 0 : offered.octets()));
    now.putAll(remote.status());
    now.put(
        "problems", problem.isEmpty() ? List.of() : List.of("remote source is away: " + problem));
    return now;
  }

  /** Stops within a bound, though an answer may be waited for. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    remote.cancel();
    thread.interrupt();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    remote.cancel();
    withdraw(status);
  }
}
