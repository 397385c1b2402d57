package io.bellgate.peer.link;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The writing side of a session: one thread, two queues. Octets of streams go only when nothing
 * else waits, so a large transfer does not hold up requests and answers. Bounded by the windows of
 * those who put frames in.
 */
final class Outlet {
  private final DataOutputStream out;
  private final Deque<Frame> urgent = new ArrayDeque<>();
  private final Deque<Frame> bulk = new ArrayDeque<>();
  private boolean closed;

  Outlet(OutputStream out) {
    this.out = new DataOutputStream(new BufferedOutputStream(out, 16_384));
  }

  synchronized void put(Frame frame) {
    if (!closed) {
      (frame.type() == Frame.Type.DATA || frame.type() == Frame.Type.END ? bulk : urgent)
          .add(frame);
      notifyAll();
    }
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

  private synchronized boolean idle() {
    return urgent.isEmpty() && bulk.isEmpty();
  }

  private synchronized Frame next() throws InterruptedException {
    while (idle() && !closed) {
      wait();
    }
    return urgent.isEmpty() ? bulk.poll() : urgent.poll();
  }

  /** Takes nothing more; what is in it is still written. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
