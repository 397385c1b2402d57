package io.bellgate.peer.link.tls;

import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.keys.PublicIdentity;
import io.bellgate.api.keys.SiteIdentity;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;

/**
 * The second signatures of a handshake that was proved by certificates: Ed25519 (RFC 8032) of each
 * end, inside the channel, over both identities and the channel itself. In the manner of RFC 9261.
 */
final class Signatures {
  /** The whole message: a signature and nothing else. */
  static final int OCTETS = 64;

  /** SubjectPublicKeyInfo of an Ed25519 key (RFC 8410) up to the key. */
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  private Signatures() {}

  /**
   * Sends this end's signature, then reads and verifies the peer's.
   *
   * @throws Refused if the peer's is missing or wrong
   */
  static void exchange(
      Terms terms, Agreed agreed, boolean initiator, DataInputStream in, OutputStream out)
      throws IOException {
    out.write(sign(terms, agreed, initiator));
    out.flush();
    byte[] signature = new byte[OCTETS];
    try {
      in.readFully(signature);
    } catch (IOException e) {
      throw new Refused(
          "BG-PEER-011 the peer has not proved its second key: peer="
              + agreed.peer().site()
              + ": "
              + e.getMessage(),
          e);
    }
    verify(terms, agreed, initiator, signature);
  }

  /** This end's signature. */
  static byte[] sign(Terms terms, Agreed agreed, boolean initiator) {
    byte[] message = message(terms, agreed, initiator, initiator);
    return terms.identity().sign(SiteIdentity.Family.ED25519, message);
  }

  /** Verifies the peer's. */
  static void verify(Terms terms, Agreed agreed, boolean initiator, byte[] signature)
      throws Refused {
    byte[] message = message(terms, agreed, initiator, !initiator);
    AlgorithmRegistry.Use use =
        initiator ? AlgorithmRegistry.Use.MAKE : AlgorithmRegistry.Use.ACCEPT;
    Provider provider = terms.registry().require("Ed25519", use).provider();
    if (!verifies(provider, agreed.peer().ed25519(), message, signature)) {
      throw new Refused(
          "BG-PEER-011 the peer does not prove its second key, Ed25519: peer="
              + agreed.peer().site()
              + ": compare fingerprints with its operator (bellgate identity show)");
    }
  }

  private static byte[] message(
      Terms terms, Agreed agreed, boolean initiator, boolean byInitiator) {
    PublicIdentity own = terms.identity().own();
    return Binding.signed(
        byInitiator,
        initiator ? own : agreed.peer(),
        initiator ? agreed.peer() : own,
        agreed.signer());
  }

  private static boolean verifies(Provider provider, byte[] key, byte[] message, byte[] signature) {
    byte[] spki = new byte[SPKI.length + key.length];
    System.arraycopy(SPKI, 0, spki, 0, SPKI.length);
    System.arraycopy(key, 0, spki, SPKI.length, key.length);
    try {
      Signature verifier = Signature.getInstance("Ed25519", provider);
      verifier.initVerify(
          KeyFactory.getInstance("Ed25519", provider).generatePublic(new X509EncodedKeySpec(spki)));
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // a malformed signature or key proves nothing
    }
  }
}
