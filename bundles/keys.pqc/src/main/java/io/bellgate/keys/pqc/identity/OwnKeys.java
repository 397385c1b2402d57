package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.SiteIdentity.Family;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The private keys of an identity: ML-DSA-65, Ed25519 and X-Wing, each made from 32 octets. Bouncy
 * Castle's forms of the first two live as long as this object and cannot be wiped. Thread safe.
 */
final class OwnKeys implements AutoCloseable {
  /** Octets of each seed: FIPS 204 section 5.1, RFC 8032 section 5.1.5, X-Wing section 5.2. */
  static final int SEED_OCTETS = 32;

  private final SigningKey mlDsa;
  private final Ed25519PrivateKeyParameters ed25519;
  private final XWing xWing;

  /**
   * Makes the keys.
   *
   * @param xWing is taken over; the others stay the caller's
   */
  OwnKeys(Secret mlDsa, Secret ed25519, Secret xWing) {
    this.mlDsa = new SigningKey(mlDsa);
    this.ed25519 = ed25519.lend(s -> new Ed25519PrivateKeyParameters(s, 0));
    this.xWing = new XWing(xWing);
  }

  /** The ML-DSA-65 key. */
  SigningKey mlDsa() {
    return mlDsa;
  }

  byte[] ed25519() {
    return ed25519.generatePublicKey().getEncoded();
  }

  XWing xWing() {
    return xWing;
  }

  byte[] sign(Family family, byte[] message, RandomBits random) {
    if (family == Family.ML_DSA_65) {
      return mlDsa.sign(message, random);
    }
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, ed25519);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  /** False also if the key is none: not a point, or one of small order. */
  static boolean verifiesEd25519(byte[] publicKey, byte[] message, byte[] signature) {
    if (publicKey.length != Ed25519PublicKeyParameters.KEY_SIZE
        || !Ed25519.validatePublicKeyFull(publicKey, 0)) {
      return false;
    }
    Ed25519Signer verifier = new Ed25519Signer();
    verifier.init(false, new Ed25519PublicKeyParameters(publicKey, 0));
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature);
  }

  @Override
  public void close() {
    xWing.close();
  }
}
