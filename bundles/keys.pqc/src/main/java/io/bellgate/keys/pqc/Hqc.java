package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.pqc.crypto.hqc.HQCKEMExtractor;
import org.bouncycastle.pqc.crypto.hqc.HQCKEMGenerator;
import org.bouncycastle.pqc.crypto.hqc.HQCKeyGenerationParameters;
import org.bouncycastle.pqc.crypto.hqc.HQCKeyPairGenerator;
import org.bouncycastle.pqc.crypto.hqc.HQCParameters;
import org.bouncycastle.pqc.crypto.hqc.HQCPrivateKeyParameters;
import org.bouncycastle.pqc.crypto.hqc.HQCPublicKeyParameters;

/**
 * HQC-128 as Bouncy Castle has it: its standard is a draft, so it may not be what others call so,
 * and nothing rests on it alone. Lengths of the submission of round 4.
 */
final class Hqc implements Kem {
  private static final int KEY_OCTETS = 2241;
  private static final int CIPHERTEXT_OCTETS = 4433;
  private static final int SECRET_OCTETS = 32;

  @Override
  public int offerOctets() {
    return KEY_OCTETS;
  }

  @Override
  public int replyOctets() {
    return CIPHERTEXT_OCTETS;
  }

  @Override
  public Offered offer(SecureRandom random) {
    HQCKeyPairGenerator generator = new HQCKeyPairGenerator();
    generator.init(new HQCKeyGenerationParameters(random, HQCParameters.hqc128));
    AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    byte[] offer = ((HQCPublicKeyParameters) pair.getPublic()).getEncoded();
    return new Offered() {
      @Override
      public byte[] offer() {
        return offer;
      }

      @Override
      public Secret secret(byte[] reply) {
        return first(
            new HQCKEMExtractor((HQCPrivateKeyParameters) pair.getPrivate()).extractSecret(reply));
      }
    };
  }

  @Override
  public Replied reply(byte[] offer, SecureRandom random) {
    SecretWithEncapsulation made =
        new HQCKEMGenerator(random)
            .generateEncapsulated(new HQCPublicKeyParameters(HQCParameters.hqc128, offer));
    return new Replied(made.getEncapsulation(), first(made.getSecret()));
  }

  /** The first 256 bits: its secret may be longer. */
  private static Secret first(byte[] secret) {
    try {
      return Secret.copyOf(Arrays.copyOf(secret, SECRET_OCTETS));
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }
}
