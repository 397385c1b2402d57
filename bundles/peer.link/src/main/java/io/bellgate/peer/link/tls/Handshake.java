package io.bellgate.peer.link.tls;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.NotAllowed;
import io.bellgate.api.keys.PublicIdentity;
import java.io.IOException;
import java.net.Socket;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;

/**
 * TLS 1.3 (RFC 9846) between two gateways: one suite, TLS_AES_256_GCM_SHA384, and one group, so
 * that nobody can talk the two ends down to another. Bouncy Castle's lightweight API, nothing
 * registered JVM-wide. Two forms:
 *
 * <ul>
 *   <li><b>First contact</b>: ML-DSA-65 certificates both ways, pinned octet by octet, then an
 *       Ed25519 signature of each end inside the channel.
 *   <li><b>Pre-shared key</b>: {@code psk_dhe_ke} with a key of the quantum link, or of a
 *       connection of the same session, and no certificates.
 * </ul>
 *
 * <p>Security: docs/peer-channel.md.
 */
public final class Handshake {
  private final Terms terms;

  /** Handshakes on these terms. */
  public Handshake(Terms terms) {
    this.terms = terms;
  }

  /**
   * The dialling end, which knows whom it dials.
   *
   * @param offer a pre-shared key, which is destroyed; without one certificates prove who is who
   * @throws IOException if the peer is not trusted or does not prove what it must; the message says
   *     which
   */
  public Secured dial(Socket socket, String peer, Optional<Offer> offer) throws IOException {
    try {
      PublicIdentity pinned = terms.trusted(peer);
      Crypto crypto = crypto(AlgorithmRegistry.Use.MAKE, offer.isPresent());
      TlsClientProtocol tls =
          new TlsClientProtocol(socket.getInputStream(), socket.getOutputStream());
      Initiator initiator = new Initiator(terms, crypto, pinned, offer);
      return finished(initiator, () -> tls.connect(initiator), tls, socket, true);
    } finally {
      offer.ifPresent(o -> o.secret().destroy());
    }
  }

  /**
   * The end that was dialled.
   *
   * @param peers who may be there
   * @param keys where offered keys are looked up
   * @throws IOException if it is none of them
   */
  public Secured answer(Socket socket, Collection<String> peers, PreSharedKeys keys)
      throws IOException {
    Crypto crypto = crypto(AlgorithmRegistry.Use.ACCEPT, false);
    TlsServerProtocol tls =
        new TlsServerProtocol(socket.getInputStream(), socket.getOutputStream());
    Responder responder = new Responder(terms, crypto, peers, keys);
    return finished(responder, () -> tls.accept(responder), tls, socket, false);
  }

  /**
   * Looks, at the dialling end, for what would fail a handshake before it is begun.
   *
   * @throws IOException if the peer is not trusted, an algorithm may not be used, or there are no
   *     random bits
   */
  public void check(String peer) throws IOException {
    terms.trusted(peer);
    crypto(AlgorithmRegistry.Use.MAKE, true);
    try {
      terms.random().fill(new byte[32]);
    } catch (RuntimeException e) {
      throw plain(e);
    }
  }

  private interface Run {
    void run() throws IOException;
  }

  private Secured finished(
      Outcome end, Run handshake, TlsProtocol tls, Socket socket, boolean initiator)
      throws IOException {
    try (end) {
      handshake.run();
    } catch (IOException | RuntimeException e) {
      if (end.agreed() != null) {
        end.agreed().successor().destroy();
      }
      throw end.refusal().<IOException>map(why -> new Refused(why, e)).orElseGet(() -> plain(e));
    }
    Agreed agreed = end.agreed();
    Secured secured = new Secured(agreed, socket, tls);
    try {
      if (!agreed.preShared() && agreed.version() > 1) {
        Signatures.exchange(terms, agreed, initiator, secured.in(), secured.out());
      }
      terms.registry().negotiated(agreed.peer().site(), "TLS 1.3", agreed.algorithms());
      return secured;
    } catch (IOException | RuntimeException e) {
      agreed.successor().destroy();
      secured.close();
      throw plain(e);
    }
  }

  private static IOException plain(Exception e) {
    return e instanceof IOException io ? io : new IOException(e.getMessage(), e);
  }

  /** Asks for every algorithm of the form, so that what may not be used is not begun. */
  private Crypto crypto(AlgorithmRegistry.Use use, boolean preShared) throws Refused {
    try {
      List<String> names =
          preShared
              ? List.of(terms.group().standardName())
              : List.of(terms.group().standardName(), "ML-DSA-65", "Ed25519");
      names.forEach(name -> terms.registry().require(name, use));
      return new Crypto(terms.random(), terms.registry().require("AES-256-GCM", use).provider());
    } catch (NotAllowed e) {
      throw new Refused(e.getMessage(), e);
    }
  }
}
