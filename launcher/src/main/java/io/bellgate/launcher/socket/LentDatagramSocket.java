package io.bellgate.launcher.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A UDP socket on loan. The real channel is never blocking, so that neither {@link #close} nor an
 * interrupt of a borrower's thread can close it; both end only the loan. What arrives between two
 * loans waits in the kernel.
 *
 * <p>Threads: any number may send; receivers take turns. After {@link #close} has returned, no
 * thread takes a datagram through this loan any more.
 */
final class LentDatagramSocket extends ChannelDatagramSocket implements Loan {
  /** How long a send waits for room in the socket's buffer. */
  private static final long SEND_BOUND_MILLIS = 2_000;

  private final Selector readable;
  private final Selector writable;
  private final ReentrantLock receiving = new ReentrantLock();
  private volatile boolean ended;
  private volatile int timeoutMillis;
  private DatagramPacket lastPacket;
  private int lastCapacity;
  private int lastLength;

  /**
   * @param channel bound and non-blocking
   */
  LentDatagramSocket(DatagramChannel channel) throws IOException {
    super(channel);
    readable = Selector.open();
    writable = Selector.open();
    channel.register(readable, SelectionKey.OP_READ);
  }

  /**
   * Waits for a datagram.
   *
   * @throws SocketTimeoutException after the time set by {@link #setSoTimeout}
   * @throws SocketException if the loan has ended; an interrupt ends it and stays set
   */
  @Override
  public void receive(DatagramPacket packet) throws IOException {
    receiving.lock();
    try {
      long start = System.nanoTime();
      while (!take(packet)) {
        long bound = timeoutMillis;
        long left = bound - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (bound > 0 && left <= 0) {
          throw new SocketTimeoutException("nothing received: timeoutMillis=" + bound);
        }
        select(readable, bound > 0 ? left : 0);
      }
    } finally {
      receiving.unlock();
    }
  }

  private boolean take(DatagramPacket packet) throws IOException {
    requireLoan();
    int capacity = capacity(packet);
    ByteBuffer buffer = ByteBuffer.wrap(packet.getData(), packet.getOffset(), capacity);
    SocketAddress source = channel.receive(buffer);
    if (source == null) {
      return false;
    }
    packet.setSocketAddress(source);
    packet.setLength(buffer.position() - packet.getOffset());
    lastPacket = packet;
    lastCapacity = capacity;
    lastLength = packet.getLength();
    return true;
  }

  /** A packet that is used again as we left it has the room it had before, as in the JDK. */
  private int capacity(DatagramPacket packet) {
    boolean untouched = packet == lastPacket && packet.getLength() == lastLength;
    int room = packet.getData().length - packet.getOffset();
    return Math.min(room, untouched ? lastCapacity : packet.getLength());
  }

  /**
   * Sends, waiting up to two seconds for room in the socket's buffer.
   *
   * @throws SocketException if the loan has ended or the buffer stays full
   */
  @Override
  public void send(DatagramPacket packet) throws IOException {
    SocketAddress target = packet.getSocketAddress();
    ByteBuffer octets = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
    long start = System.nanoTime();
    requireLoan();
    while (channel.send(octets, target) == 0 && octets.hasRemaining()) {
      if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) > SEND_BOUND_MILLIS) {
        throw new SocketException("send buffer stays full: waitedMillis=" + SEND_BOUND_MILLIS);
      }
      awaitRoom();
      requireLoan();
    }
  }

  private void awaitRoom() throws IOException {
    try {
      channel.register(writable, SelectionKey.OP_WRITE);
      select(writable, 100);
      writable.selectedKeys().clear();
    } catch (ClosedSelectorException e) {
      throw gone();
    }
  }

  private void select(Selector selector, long millis) throws IOException {
    try {
      selector.select(millis);
      if (selector == readable) {
        selector.selectedKeys().clear();
      }
    } catch (ClosedSelectorException e) {
      throw gone();
    }
    if (Thread.currentThread().isInterrupted()) {
      close();
    }
  }

  @Override
  void requireLoan() throws SocketException {
    if (ended) {
      throw gone();
    }
  }

  private static SocketException gone() {
    return new SocketException("Socket closed");
  }

  @Override
  public void close() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    readable.wakeup();
    receiving.lock();
    try {
      readable.close();
      writable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      receiving.unlock();
    }
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public boolean isClosed() {
    return ended;
  }

  /**
   * Sets how long {@link #receive} waits. Unlike in the JDK it holds for one that waits already,
   * counted from its beginning: a borrower need not close the socket to get its receiver back.
   */
  @Override
  public void setSoTimeout(int millis) throws SocketException {
    if (millis < 0) {
      throw new IllegalArgumentException("timeout is not negative: millis=" + millis);
    }
    requireLoan();
    timeoutMillis = millis;
    readable.wakeup();
  }

  @Override
  public int getSoTimeout() {
    return timeoutMillis;
  }
}
