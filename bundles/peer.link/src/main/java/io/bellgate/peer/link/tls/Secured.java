package io.bellgate.peer.link.tls;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.peer.PeerSession;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import org.bouncycastle.tls.TlsProtocol;

/** A connection whose two ends are authenticated, before its first frame. */
public final class Secured implements AutoCloseable {
  private final Agreed agreed;
  private final Socket socket;
  private final TlsProtocol tls;
  private final DataInputStream in;

  Secured(Agreed agreed, Socket socket, TlsProtocol tls) {
    this.agreed = agreed;
    this.socket = socket;
    this.tls = tls;
    this.in = new DataInputStream(tls.getInputStream());
  }

  /** The identity that the other end has proved. */
  public PublicIdentity peer() {
    return agreed.peer();
  }

  /** Version of the protocol inside: 1 or 2. */
  public int version() {
    return agreed.version();
  }

  /** What it rests on. */
  public PeerSession.Level level() {
    return agreed.level();
  }

  /** For status. */
  public String describe() {
    return agreed.describe();
  }

  /** Secret of this connection for pre-shared keys of further ones; whoever asks owns it. */
  public Secret successor() {
    return agreed.successor();
  }

  /** From the peer. */
  public DataInputStream in() {
    return in;
  }

  /** To the peer. */
  public OutputStream out() {
    return tls.getOutputStream();
  }

  /** The socket below, for its timeouts. */
  public Socket socket() {
    return socket;
  }

  /** Says that nothing more comes, and closes. */
  public void finish() throws IOException {
    tls.close();
    socket.close();
  }

  /** Closes at once; nothing will follow from it. */
  public void abandon() {
    agreed.successor().destroy();
    close();
  }

  /** Closes at once. */
  @Override
  public void close() {
    try {
      socket.close();
      tls.close(); // the library wipes its keys, and fails to say goodbye
    } catch (IOException e) {
      // both ends know already, or will
    }
  }
}
