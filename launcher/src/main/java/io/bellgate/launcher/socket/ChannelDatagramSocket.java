package io.bellgate.launcher.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.Set;

/**
 * A {@link DatagramSocket} over a channel that belongs to somebody else: addresses and options. It
 * is bound, never connected, and has no channel of its own to show.
 */
abstract class ChannelDatagramSocket extends DatagramSocket {
  final DatagramChannel channel;

  ChannelDatagramSocket(DatagramChannel channel) throws SocketException {
    super((SocketAddress) null);
    super.close(); // frees the unused descriptor that every DatagramSocket opens
    this.channel = channel;
  }

  /** Throws if this socket may no longer be used. */
  abstract void requireLoan() throws SocketException;

  @Override
  public boolean isBound() {
    return true;
  }

  @Override
  public boolean isConnected() {
    return false;
  }

  @Override
  public void bind(SocketAddress address) throws SocketException {
    throw new SocketException("already bound");
  }

  @Override
  public void connect(InetAddress address, int port) {
    throw new UnsupportedOperationException("a lent socket cannot be connected");
  }

  @Override
  public void connect(SocketAddress address) throws SocketException {
    throw new SocketException("a lent socket cannot be connected");
  }

  @Override
  public void disconnect() {}

  @Override
  public SocketAddress getLocalSocketAddress() {
    return local();
  }

  @Override
  public InetAddress getLocalAddress() {
    return local().getAddress();
  }

  @Override
  public int getLocalPort() {
    return isClosed() ? -1 : local().getPort();
  }

  private InetSocketAddress local() {
    try {
      return (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void setReceiveBufferSize(int octets) throws SocketException {
    set(StandardSocketOptions.SO_RCVBUF, octets);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return get(StandardSocketOptions.SO_RCVBUF);
  }

  @Override
  public void setSendBufferSize(int octets) throws SocketException {
    set(StandardSocketOptions.SO_SNDBUF, octets);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return get(StandardSocketOptions.SO_SNDBUF);
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_REUSEADDR, on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return get(StandardSocketOptions.SO_REUSEADDR);
  }

  @Override
  public void setBroadcast(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_BROADCAST, on);
  }

  @Override
  public boolean getBroadcast() throws SocketException {
    return get(StandardSocketOptions.SO_BROADCAST);
  }

  @Override
  public void setTrafficClass(int octet) throws SocketException {
    set(StandardSocketOptions.IP_TOS, octet);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return get(StandardSocketOptions.IP_TOS);
  }

  private <T> void set(SocketOption<T> option, T value) throws SocketException {
    try {
      setOption(option, value);
    } catch (IOException e) {
      throw new SocketException(e.getMessage());
    }
  }

  private <T> T get(SocketOption<T> option) throws SocketException {
    try {
      return getOption(option);
    } catch (IOException e) {
      throw new SocketException(e.getMessage());
    }
  }

  @Override
  public <T> DatagramSocket setOption(SocketOption<T> option, T value) throws IOException {
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
}
