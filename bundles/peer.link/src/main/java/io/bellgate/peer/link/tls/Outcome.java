package io.bellgate.peer.link.tls;

import java.util.Optional;

/** An end of a handshake, once the library has gone through it. */
interface Outcome extends AutoCloseable {
  /** What was agreed; null if the handshake is not over. */
  Agreed agreed();

  /** Why this end refused, if it did. */
  Optional<String> refusal();

  /** Destroys what was for the handshake alone. */
  @Override
  void close();

  static String tooOld(String peer) {
    return "BG-PEER-012 the peer speaks version 1 of the protocol, which proves an identity by one"
        + " signature only: peer="
        + peer
        + ": bring it up to date, or accept that with protocol.lowest=1";
  }
}
