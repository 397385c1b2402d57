package io.bellgate.peer.link.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.bouncycastle.tls.TlsClient;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServer;
import org.bouncycastle.tls.TlsServerProtocol;

/** Carries the octets of one handshake from end to end on one thread, and may do so badly. */
final class Pump {
  /** Who sits between the ends. */
  interface Between {
    /** Changes octets of one direction; {@code from} counts those before in that direction. */
    byte[] pass(boolean toResponder, int from, byte[] octets);
  }

  static final Between HONEST = (to, from, octets) -> octets;

  final TlsClientProtocol client = new TlsClientProtocol();
  final TlsServerProtocol server = new TlsServerProtocol();
  final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
  final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
  private final Between between;
  IOException clientFailure;
  IOException serverFailure;

  Pump(Between between) {
    this.between = between;
  }

  /** Goes on until nobody has anything to say. */
  Pump run(TlsClient one, TlsServer other) {
    try {
      server.accept(other);
      client.connect(one);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    boolean moved = true;
    while (moved) {
      moved = move(client, server, true) | move(server, client, false);
    }
    return this;
  }

  private boolean move(TlsProtocol from, TlsProtocol to, boolean toResponder) {
    int octets = from.getAvailableOutputBytes();
    if (octets == 0) {
      return false;
    }
    byte[] sent = new byte[octets];
    from.readOutput(sent, 0, octets);
    ByteArrayOutputStream seen = toResponder ? toServer : toClient;
    byte[] arrived = between.pass(toResponder, seen.size(), sent);
    seen.writeBytes(sent);
    try {
      if (!to.isClosed()) {
        to.offerInput(arrived);
      }
    } catch (IOException e) {
      if (toResponder) {
        serverFailure = e;
      } else {
        clientFailure = e;
      }
    }
    return true;
  }

  /** Both ends hang up. */
  void hangUp() {
    for (TlsProtocol end : new TlsProtocol[] {client, server}) {
      try {
        end.closeInput();
      } catch (IOException e) {
        // that is what is to be expected in the middle of a handshake
      }
    }
  }
}
