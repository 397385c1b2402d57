package io.bellgate.keys.pqc.identity;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * An ML-DSA-65 key pair (FIPS 204), kept as its seed. Bouncy Castle's expanded form lives as long
 * as this object and cannot be wiped. Thread safe.
 */
final class SigningKey {
  private final MLDSAPrivateKeyParameters key;

  SigningKey(Secret seed) {
    this.key = seed.lend(s -> new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_65, s));
  }

  /** The public key, 1,952 octets. */
  byte[] publicKey() {
    return key.getPublicKey();
  }

  /** Signs with an empty context, hedged: 3,309 octets. */
  byte[] sign(byte[] message, RandomBits random) {
    MLDSASigner signer = new MLDSASigner();
    signer.init(true, new ParametersWithRandom(key, new BitsRandom(random)));
    signer.update(message, 0, message.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException impossible) {
      throw new IllegalStateException("ML-DSA-65 does not sign", impossible);
    }
  }

  static boolean verifies(byte[] publicKey, byte[] message, byte[] signature) {
    MLDSASigner signer = new MLDSASigner();
    signer.init(false, new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_65, publicKey));
    signer.update(message, 0, message.length);
    return signer.verifySignature(signature);
  }
}
