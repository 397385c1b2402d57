package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.generators.MLKEMKeyPairGenerator;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/**
 * ML-KEM-768 (FIPS 203), the raw shared secret without a KDF. The modulus check of section 7.2 is
 * made by Bouncy Castle when it encapsulates. A garbled ciphertext gives another secret, not an
 * error (implicit rejection): key confirmation finds out.
 */
final class MlKem768 implements Kem {
  private static final int ENCAPSULATION_KEY_OCTETS = 1184;
  private static final int CIPHERTEXT_OCTETS = 1088;

  @Override
  public int offerOctets() {
    return ENCAPSULATION_KEY_OCTETS;
  }

  @Override
  public int replyOctets() {
    return CIPHERTEXT_OCTETS;
  }

  @Override
  public Offered offer(SecureRandom random) {
    MLKEMKeyPairGenerator generator = new MLKEMKeyPairGenerator();
    generator.init(new MLKEMKeyGenerationParameters(random, MLKEMParameters.ml_kem_768));
    AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    byte[] offer = ((MLKEMPublicKeyParameters) pair.getPublic()).getEncoded();
    MLKEMExtractor extractor = new MLKEMExtractor((MLKEMPrivateKeyParameters) pair.getPrivate());
    return new Offered() {
      @Override
      public byte[] offer() {
        return offer;
      }

      @Override
      public Secret secret(byte[] reply) {
        return Secret.absorb(extractor.extractSecret(reply));
      }
    };
  }

  @Override
  public Replied reply(byte[] offer, SecureRandom random) {
    SecretWithEncapsulation made =
        new MLKEMGenerator(random)
            .generateEncapsulated(new MLKEMPublicKeyParameters(MLKEMParameters.ml_kem_768, offer));
    return new Replied(made.getEncapsulation(), Secret.absorb(made.getSecret()));
  }
}
