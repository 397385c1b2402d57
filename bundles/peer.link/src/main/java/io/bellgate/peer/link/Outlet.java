package io.bellgate.peer.link;

import io.bellgate.api.peer.PeerSession;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

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

  private final DataOutputStream out;
  private final Runnable overflow;
  private final Deque<Frame> urgent = new ArrayDeque<>();
  private final Deque<Frame> bulk = new ArrayDeque<>();
  private int owedOctets;
  private boolean closed;

  /**
   * @param overflow ends the session; called once at most, on the thread of a {@link #put}
   */
  Outlet(OutputStream out, Runnable overflow) {
    this.out = new DataOutputStream(new BufferedOutputStream(out, 16_384));
    this.overflow = overflow;
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
      frame.write(out);
      if (idle()) {
        out.flush();
      }
    }
    out.flush();
  }

  synchronized boolean idle() {
    return urgent.isEmpty() && bulk.isEmpty();
  }

  private synchronized Frame next() throws InterruptedException {
    while (idle() && !closed) {
      wait();
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
