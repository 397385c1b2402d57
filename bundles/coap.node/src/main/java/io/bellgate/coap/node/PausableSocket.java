package io.bellgate.coap.node;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * A borrowed socket whose receiving can be paused while sending goes on: what arrives meanwhile
 * stays in the kernel's queue. So an endpoint can answer everything it has read before it hands the
 * socket on. It begins paused: Californium's receivers run before its endpoint takes anything, and
 * what they read until then is dropped.
 */
final class PausableSocket extends DatagramSocket {
  /** How often a receiver looks up; a lent socket also wakes when the time-out is set. */
  private static final int LOOK_UP_MILLIS = 250;

  private final DatagramSocket lent;
  private final Backlog backlog;
  private boolean paused = true;
  private boolean receiving;

  PausableSocket(DatagramSocket lent, Executor working) throws SocketException {
    super((SocketAddress) null);
    super.close(); // only the type is needed, not a socket of its own
    this.lent = lent;
    backlog = new Backlog(working);
    lent.setSoTimeout(LOOK_UP_MILLIS);
  }

  /** Receives. */
  synchronized void resume() {
    paused = false;
    notifyAll();
  }

  /**
   * Stops receiving.
   *
   * @param bound the longest to wait
   * @return whether no receiver is reading any more
   */
  boolean pause(Duration bound) throws IOException {
    long until = System.nanoTime() + bound.toNanos();
    boolean waits;
    synchronized (this) {
      paused = true;
      waits = receiving;
    }
    lent.setSoTimeout(1);
    if (waits) {
      wake();
    }
    synchronized (this) {
      long left;
      while (receiving && (left = (until - System.nanoTime()) / 1_000_000) > 0) {
        try {
          wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      return !receiving;
    }
  }

  /** An empty datagram, which is no message: whoever waits for one looks up without delay. */
  private void wake() {
    try {
      InetAddress local = lent.getLocalAddress();
      InetAddress here = local.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : local;
      lent.send(new DatagramPacket(new byte[0], 0, here, lent.getLocalPort()));
    } catch (IOException unreachable) {
      // it looks up by itself, if later
    }
  }

  @Override
  public void receive(DatagramPacket packet) throws IOException {
    int capacity = packet.getLength();
    leave(); // whoever comes back has handed on what it read
    awaitBacklog();
    while (true) {
      enter();
      try {
        packet.setLength(capacity);
        lent.receive(packet);
        if (packet.getLength() == 0) {
          continue; // woken
        }
        backlog.read();
        return; // still counts as receiving, until the caller comes back: then the datagram is in
        // its hands
      } catch (SocketTimeoutException e) {
        continue; // looked up
      } catch (IOException e) {
        leave();
        throw e;
      }
    }
  }

  private void awaitBacklog() throws SocketException {
    try {
      while (!backlog.mayRead(LOOK_UP_MILLIS)) {
        if (lent.isClosed()) {
          throw new SocketException("closed");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted");
    }
  }

  private synchronized void enter() throws SocketException {
    leave();
    while (paused) {
      if (lent.isClosed()) {
        throw new SocketException("closed");
      }
      try {
        wait(LOOK_UP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SocketException("interrupted");
      }
    }
    receiving = true;
  }

  private synchronized void leave() {
    receiving = false;
    notifyAll();
  }

  @Override
  public void send(DatagramPacket packet) throws IOException {
    lent.send(packet);
  }

  @Override
  public void close() {
    if (lent != null) {
      lent.close();
    }
  }

  @Override
  public boolean isClosed() {
    return lent == null || lent.isClosed();
  }

  @Override
  public boolean isBound() {
    return lent != null && lent.isBound();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return lent.getLocalSocketAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return lent.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return lent.getLocalPort();
  }

  @Override
  public void setReceiveBufferSize(int octets) throws SocketException {
    lent.setReceiveBufferSize(octets);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return lent.getReceiveBufferSize();
  }

  @Override
  public void setSendBufferSize(int octets) throws SocketException {
    lent.setSendBufferSize(octets);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return lent.getSendBufferSize();
  }
}
