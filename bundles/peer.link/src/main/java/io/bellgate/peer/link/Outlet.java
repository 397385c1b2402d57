package io.bellgate.peer.link;

import io.bellgate.api.peer.PeerSession;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The writing side of a session: one thread, two queues. Octets of streams go only when nothing
 * else waits, so a large transfer does not hold up requests and answers. Streams are bounded by the
 * credit of their readers; the rest, which is mostly what the peer has asked for, by an end of the
 * session: a peer that asks and does not read is not served.
 */
final class Outlet {
  /** Frames that may wait beside those of streams: four times the largest window of requests. */
  static final int MOST_FRAMES = 4_096;

  /**
   * Octets of them, our own requests not counted: answers of the largest size to a usual window.
   */
  static final int MOST_OCTETS = 256 * PeerSession.MAX_BODY_OCTETS;

  private final Runnable overflow;
  private final Deque<Frame> urgent = new ArrayDeque<>();
  private final Deque<Frame> bulk = new ArrayDeque<>();
  private final AtomicLong written = new AtomicLong();
  private DataOutputStream out;
  private DataOutputStream following;
  private Runnable left;
  private int owedOctets;
  private boolean closed;

  /**
   * Writes nowhere before the first {@link #moveTo}.
   *
   * @param overflow ends the session; called once at most, on the thread of a {@link #put}
   */
  Outlet(Runnable overflow) {
    this.overflow = overflow;
  }

  /**
   * Goes on somewhere else, at once: what waits is written there.
   *
   * @param leaving called when the last frame, {@link Frame.Type#SWITCH}, is out on the old way
   */
  synchronized void moveTo(OutputStream to, Runnable leaving) {
    DataOutputStream next = new DataOutputStream(new BufferedOutputStream(to, 16_384));
    if (out == null) {
      out = next;
    } else {
      following = next;
      left = leaving;
    }
    notifyAll();
  }

  /** True between {@link #moveTo} and the moment at which the old way is left. */
  synchronized boolean moving() {
    return following != null;
  }

  /** Octets written since the beginning. */
  long written() {
    return written.get();
  }

  void put(Frame frame) {
    if (tooMuch(frame)) {
      overflow.run();
    }
  }

  /** Takes a frame and says whether it was one too many; all are dropped then. */
  private synchronized boolean tooMuch(Frame frame) {
    if (closed) {
      return false;
    }
    boolean stream = frame.type() == Frame.Type.DATA || frame.type() == Frame.Type.END;
    (stream ? bulk : urgent).add(frame);
    owedOctets += owed(frame);
    boolean tooMuch = urgent.size() > MOST_FRAMES || owedOctets > MOST_OCTETS;
    if (tooMuch) {
      closed = true;
      urgent.clear();
      bulk.clear();
    }
    notifyAll();
    return tooMuch;
  }

  private static int owed(Frame frame) {
    return switch (frame.type()) {
      case REQUEST, DATA, END -> 0;
      default -> frame.body().length;
    };
  }

  /** Writes until closed and empty. */
  void run() throws IOException, InterruptedException {
    for (Frame frame = next(); frame != null; frame = next()) {
      frame.write(way());
      written.addAndGet(frame.body().length);
      if (frame.type() == Frame.Type.SWITCH) {
        moved();
      } else if (idle()) {
        way().flush();
      }
    }
    if (way() != null) {
      way().flush();
    }
  }

  private synchronized DataOutputStream way() {
    return out;
  }

  private void moved() throws IOException {
    way().flush();
    Runnable done;
    synchronized (this) {
      out = following;
      following = null;
      done = left;
    }
    done.run();
  }

  synchronized boolean idle() {
    return urgent.isEmpty() && bulk.isEmpty();
  }

  private synchronized Frame next() throws InterruptedException {
    while ((out == null || idle() && following == null) && !closed) {
      wait();
    }
    if (out == null) {
      return null;
    }
    if (following != null && !closed) {
      return Frame.of(Frame.Type.SWITCH, 0);
    }
    Frame frame = urgent.isEmpty() ? bulk.poll() : urgent.poll();
    owedOctets -= frame == null ? 0 : owed(frame);
    return frame;
  }

  /** Takes nothing more; what is in it is still written. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
