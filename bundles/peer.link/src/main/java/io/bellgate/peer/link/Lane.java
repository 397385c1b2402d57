package io.bellgate.peer.link;

import io.bellgate.peer.link.tls.Secured;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Frames in order, both ways, over one connection after the other: the new one takes over, the old
 * one drains up to {@link Frame.Type#SWITCH}, and nothing is lost or repeated. One thread reads,
 * one writes.
 */
final class Lane {
  private static final int SWITCH_SECONDS = 10;

  /** Takes frames, on the reading thread. */
  interface Receiver {
    void received(Lane lane, Frame frame) throws ProtocolError;
  }

  /** A connection, and in how many of the two directions it is still used. */
  private record Carrier(Secured secured, AtomicInteger ways) {
    void left() {
      if (ways.decrementAndGet() == 0) {
        secured.close();
      }
    }
  }

  private final String name;
  private final Receiver receiver;
  private final Consumer<String> broken;
  private final Outlet outlet;
  private final BlockingQueue<Carrier> carriers = new LinkedBlockingQueue<>();
  private final AtomicLong received = new AtomicLong();
  private volatile Carrier reading;
  private volatile Carrier latest;
  private volatile boolean closed;

  /**
   * @param broken told once or more often why the lane cannot go on
   */
  Lane(String name, Receiver receiver, Consumer<String> broken, Outlet outlet) {
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
    latest = carrier;
    if (before == null) {
      reading = carrier;
      outlet.moveTo(next.out(), () -> {});
      daemon(this::write, "peer-write-" + name);
      daemon(this::read, "peer-read-" + name);
    } else {
      carriers.add(carrier);
      outlet.moveTo(next.out(), before::left);
    }
    if (closed) {
      next.close();
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
          now.left();
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
    for (Carrier carrier : new Carrier[] {reading, latest}) {
      if (carrier != null) {
        carrier.secured().close();
      }
    }
  }
}
