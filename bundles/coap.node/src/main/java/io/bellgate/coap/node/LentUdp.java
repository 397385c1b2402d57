package io.bellgate.coap.node;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;

/**
 * Californium's UDP connector on a socket that the launcher lends. Stopping it ends the loan; the
 * socket stays bound, so datagrams wait in the kernel for the next borrower.
 */
final class LentUdp extends UDPConnector {
  private final DatagramSocket socket;

  LentUdp(DatagramSocket socket, Configuration configuration) {
    super((InetSocketAddress) socket.getLocalSocketAddress(), configuration);
    this.socket = socket;
  }

  @Override
  public synchronized void start() throws IOException {
    if (!isRunning()) {
      init(socket);
    }
  }
}
