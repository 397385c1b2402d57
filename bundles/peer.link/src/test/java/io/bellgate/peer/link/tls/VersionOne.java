package io.bellgate.peer.link.tls;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;

/** Handshakes as version 1 did them: ML-DSA certificates, no application protocol named. */
public final class VersionOne {
  private VersionOne() {}

  /** The dialling end. */
  public static TlsProtocol dial(Socket socket, Terms terms, String peer) throws IOException {
    TlsClientProtocol tls =
        new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
    tls.connect(
        new Initiator(terms, crypto(terms), terms.trusted(peer), Optional.empty()) {
          @Override
          @SuppressWarnings("rawtypes") // the library's signature
          protected Vector getProtocolNames() {
            return null;
          }
        });
    return tls;
  }

  /** The answering end. */
  public static TlsProtocol answer(Socket socket, Terms terms, String peer) throws IOException {
    TlsServerProtocol tls =
        new TlsServerProtocol(socket.getInputStream(), socket.getOutputStream());
    PreSharedKeys none =
        new PreSharedKeys() {
          @Override
          public Optional<Held> find(KeyName name) {
            return Optional.empty();
          }

          @Override
          public void missed() {}
        };
    tls.accept(
        new Responder(terms, crypto(terms), List.of(peer), none) {
          @Override
          @SuppressWarnings("rawtypes") // the library's signature
          protected Vector getProtocolNames() {
            return null;
          }
        });
    return tls;
  }

  private static Crypto crypto(Terms terms) {
    return new Crypto(terms.random(), terms.registry().require("AES-256-GCM", null).provider());
  }
}
