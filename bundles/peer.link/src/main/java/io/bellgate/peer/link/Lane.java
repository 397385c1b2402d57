package io.bellgate.peer.link;

import io.bellgate.api.peer.PeerSession.Level;
import io.bellgate.peer.link.tls.Secured;
import java.io.IOException;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Frames in order, both ways, over one connection after the other: the new one takes over, the old
 * one drains up to {@link Frame.Type#SWITCH}, and nothing is lost or repeated. One thread reads,
 * one writes.
 */
final class Lane {
  /** How long the reader waits for the connection that SWITCH announces. */
  private static final int SWITCH_SECONDS = 10;

  /** How long the connection before may still be used, by either end. */
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Takes frames, on the reading thread. */
  interface Receiver {
    void received(Lane lane, Frame frame) throws ProtocolError;
  }

  /** A connection, and in how many of the two directions it is still used. */
  private record Carrier(Secured secured, AtomicInteger ways) {}

  private final String name;
  private final Receiver receiver;
  private final Consumer<String> broken;
  private final Outlet outlet;
  private final LongSupplier nanos;
  private final BlockingQueue<Carrier> carriers = new LinkedBlockingQueue<>();
  private final Set<Carrier> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong received = new AtomicLong();
  private volatile Carrier reading;
  private volatile Carrier latest;
  private volatile Level level;
  private volatile long carriedNanos;
  private volatile boolean closed;

  /**
   * @param broken told once or more often why the lane cannot go on
   */
  Lane(String name, Receiver receiver, Consumer<String> broken, Outlet outlet, LongSupplier nanos) {
    this.nanos = nanos;
    this.name = name;
    this.receiver = receiver;
    this.broken = broken;
    this.outlet = outlet;
  }

  Outlet outlet() {
    return outlet;
  }

  boolean carried() {
    return latest != null;
  }

  /** True while a connection is being replaced. */
  boolean switching() {
    return outlet.moving() || latest != reading;
  }

  /** What both directions rest on: while a connection is being replaced, the one before counts. */
  Level level() {
    return level;
  }

  /** What the frame that is being handled came over; for the reading thread. */
  Level readLevel() {
    return reading.secured().level();
  }

  /** True if an end should have left the connection before by now. */
  boolean overdue() {
    return carried() && switching() && nanos.getAsLong() - carriedNanos > LEAVE_NANOS;
  }

  /** Octets in both directions. */
  long octets() {
    return outlet.written() + received.get();
  }

  /** Goes on over another connection, on which the peer does the same; begins with the first. */
  synchronized void carry(Secured next) throws ProtocolError, SocketException {
    if (carried() && switching()) {
      throw new ProtocolError("BG-PEER-003", "a connection is replaced after the one before it");
    }
    next.socket().setSoTimeout(Session.PING_MILLIS * 3);
    Carrier before = latest;
    Carrier carrier = new Carrier(next, new AtomicInteger(2));
    open.add(carrier);
    carriedNanos = nanos.getAsLong();
    if (before == null) {
      level = next.level();
      latest = carrier;
      reading = carrier;
      outlet.moveTo(next.out(), () -> {});
      daemon(this::write, "peer-write-" + name);
      daemon(this::read, "peer-read-" + name);
    } else {
      latest = carrier;
      // before it is read: an answer to what came over it does not go out over the one before
      outlet.moveTo(next.out(), () -> left(before, carrier));
      carriers.add(carrier);
    }
    if (closed) {
      next.close();
    }
  }

  /** One direction has gone over; when both have, the connection before is closed. */
  private void left(Carrier before, Carrier next) {
    if (before.ways().decrementAndGet() == 0) {
      before.secured().close();
      open.remove(before);
      level = next.secured().level();
    }
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      while (!closed) {
        Carrier now = reading;
        Frame frame = Frame.read(now.secured().in());
        received.addAndGet(frame.body().length);
        if (frame.type() != Frame.Type.SWITCH) {
          receiver.received(this, frame);
        } else {
          reading = successor(now);
          left(now, reading);
        }
      }
    } catch (IOException | RuntimeException e) {
      broken.accept(e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Carrier successor(Carrier now) throws ProtocolError, InterruptedException {
    Carrier next =
        now.secured().version() == 1 ? null : carriers.poll(SWITCH_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new ProtocolError("BG-PEER-003", "a connection ends when another took its place");
    }
    return next;
  }

  private void write() {
    try {
      outlet.run();
      latest.secured().finish();
    } catch (IOException e) {
      broken.accept(e.getMessage() == null ? e.toString() : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes at once. */
  synchronized void cut() {
    closed = true;
    outlet.close();
    open.forEach(carrier -> carrier.secured().close());
  }
}
