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
    PublicIdentity own = terms.identity().own();
    PublicIdentity first = initiator ? own : agreed.peer();
    PublicIdentity second = initiator ? agreed.peer() : own;
    byte[] mine = Binding.signed(initiator, first, second, agreed.signer());
    out.write(terms.identity().sign(SiteIdentity.Family.ED25519, mine));
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
    byte[] theirs = Binding.signed(!initiator, first, second, agreed.signer());
    AlgorithmRegistry.Use use =
        initiator ? AlgorithmRegistry.Use.MAKE : AlgorithmRegistry.Use.ACCEPT;
    Provider provider = terms.registry().require("Ed25519", use).provider();
    if (!verifies(provider, agreed.peer().ed25519(), theirs, signature)) {
      throw new Refused(
          "BG-PEER-011 the peer does not prove its second key, Ed25519: peer="
              + agreed.peer().site()
              + ": compare fingerprints with its operator (bellgate identity show)");
    }
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
