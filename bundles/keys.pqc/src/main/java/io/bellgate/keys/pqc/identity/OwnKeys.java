package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.keys.SiteIdentity.Family;
import java.util.function.Function;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.util.Arrays;

/**
 * The private keys of an identity: ML-DSA-65, Ed25519 and X-Wing, each made from 32 octets. Bouncy
 * Castle's forms of the first two live as long as this object and cannot be wiped. Thread safe.
 */
final class OwnKeys implements AutoCloseable {
  /** Octets of each seed: FIPS 204 section 5.1, RFC 8032 section 5.1.5, X-Wing section 5.2. */
  static final int SEED_OCTETS = 32;

  private final SigningKey mlDsa;
  private final Ed25519PrivateKeyParameters ed25519;
  private final Secret xWing;
  private final byte[] xWingPublic;

  /**
   * Makes the keys.
   *
   * @param xWing is taken over; the others stay the caller's
   */
  OwnKeys(Secret mlDsa, Secret ed25519, Secret xWing) {
    this.mlDsa = new SigningKey(mlDsa);
    this.ed25519 = ed25519.lend(s -> new Ed25519PrivateKeyParameters(s, 0));
    this.xWing = xWing;
    this.xWingPublic = xWingPublic(xWing);
  }

  /** The ML-DSA-65 key. */
  SigningKey mlDsa() {
    return mlDsa;
  }

  byte[] ed25519() {
    return ed25519.generatePublicKey().getEncoded();
  }

  byte[] xWing() {
    return xWingPublic.clone();
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

  /** Lends a copy of the seed of the X-Wing key, and destroys it. */
  <R> R withXWing(Function<Secret, R> use) {
    try (Secret copy = xWing.part(0, SEED_OCTETS)) {
      return use.apply(copy);
    }
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

  /**
   * The encapsulation key that belongs to a seed, 1,216 octets: ML-KEM-768's, then X25519's
   * (draft-connolly-cfrg-xwing-kem-10, section 5.2).
   */
  private static byte[] xWingPublic(Secret seed) {
    byte[] expanded = new byte[96];
    SHAKEDigest shake = new SHAKEDigest(256);
    seed.use(s -> shake.update(s, 0, s.length));
    shake.doFinal(expanded, 0, expanded.length);
    byte[] forMlKem = Arrays.copyOf(expanded, 64);
    try {
      return Arrays.concatenate(
          new MLKEMPrivateKeyParameters(MLKEMParameters.ml_kem_768, forMlKem).getPublicKey(),
          new X25519PrivateKeyParameters(expanded, 64).generatePublicKey().getEncoded());
    } finally {
      Arrays.fill(expanded, (byte) 0);
      Arrays.fill(forMlKem, (byte) 0);
    }
  }

  @Override
  public void close() {
    xWing.destroy();
  }
}
