package io.bellgate.launcher.socket;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A listening TCP or Unix domain socket on loan; connections that arrive between two loans wait in
 * the kernel's backlog. {@link #accept} blocks, as in any new channel. It cannot be registered with
 * a selector.
 */
final class LentServerChannel extends ServerSocketChannel implements Loan {
  private final ServerSocketChannel channel;
  private final Selector acceptable;
  private final ReentrantLock accepting = new ReentrantLock();

  /**
   * @param channel bound and non-blocking
   */
  LentServerChannel(ServerSocketChannel channel) throws IOException {
    super(channel.provider());
    this.channel = channel;
    acceptable = Selector.open();
    channel.register(acceptable, SelectionKey.OP_ACCEPT);
  }

  /**
   * Waits for a connection, which is the borrower's to keep and close; it outlives the loan.
   *
   * @throws AsynchronousCloseException if the loan ends meanwhile
   * @throws ClosedByInterruptException if this thread is interrupted, which ends the loan
   */
  @Override
  public SocketChannel accept() throws IOException {
    accepting.lock();
    try {
      while (true) {
        if (!isOpen()) {
          throw new AsynchronousCloseException();
        }
        SocketChannel connection = channel.accept();
        if (connection != null || !isBlocking()) {
          return connection;
        }
        select();
      }
    } finally {
      accepting.unlock();
    }
  }

  private void select() throws IOException {
    try {
      acceptable.select();
      acceptable.selectedKeys().clear();
    } catch (ClosedSelectorException e) {
      throw new AsynchronousCloseException();
    }
    if (Thread.currentThread().isInterrupted()) {
      close();
      throw new ClosedByInterruptException();
    }
  }

  @Override
  protected void implCloseSelectableChannel() throws IOException {
    acceptable.wakeup();
    accepting.lock();
    try {
      acceptable.close();
    } finally {
      accepting.unlock();
    }
  }

  @Override
  protected void implConfigureBlocking(boolean block) {}

  @Override
  public boolean ended() {
    return !isOpen();
  }

  @Override
  public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
    throw new java.nio.channels.AlreadyBoundException();
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    requireLoan();
    return channel.getLocalAddress();
  }

  @Override
  public ServerSocket socket() {
    throw new UnsupportedOperationException("a lent channel has no ServerSocket view");
  }

  @Override
  public <T> ServerSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
    requireLoan();
    channel.setOption(option, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    requireLoan();
    return channel.getOption(option);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  private void requireLoan() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }
}
