package io.bellgate.coap.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;

/**
 * A socket as the launcher lends it, on the loopback: it stays bound when a borrower closes it, and
 * wakes whoever waits when the time-out is set.
 */
final class LentSocket extends DatagramSocket {
  LentSocket() throws SocketException {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    super.setSoTimeout(millis);
    try {
      send(new DatagramPacket(new byte[0], 0, getLocalSocketAddress()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    // the loan ends, not the socket
  }
}
