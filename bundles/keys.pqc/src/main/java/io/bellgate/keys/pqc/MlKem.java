package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.Algorithm;
import io.bellgate.keys.pqc.registry.BouncyCastle;
import io.bellgate.keys.pqc.registry.JcaKem;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
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
 * ML-KEM (FIPS 203), the raw shared secret without a KDF. The modulus check of section 7.2 is made
 * when it encapsulates. A garbled ciphertext gives another secret, not an error (implicit
 * rejection): key confirmation finds out.
 *
 * <p>With Bouncy Castle through its lightweight API, whose secrets can be wiped; with the JDK's
 * provider through JCA, where copies of the decapsulation key stay until they are collected.
 */
final class MlKem implements Kem {
  private final Provider provider;
  private final Set set;

  /** Parameter sets: names, lengths, and what stands before a key in SubjectPublicKeyInfo. */
  private enum Set {
    ML_KEM_768("ML-KEM-768", MLKEMParameters.ml_kem_768, 1184, 1088, 2),
    ML_KEM_1024("ML-KEM-1024", MLKEMParameters.ml_kem_1024, 1568, 1568, 3);

    private final String algorithm;
    private final MLKEMParameters parameters;
    private final int keyOctets;
    private final int ciphertextOctets;
    private final byte oid;

    Set(String algorithm, MLKEMParameters parameters, int key, int ciphertext, int oid) {
      this.algorithm = algorithm;
      this.parameters = parameters;
      this.keyOctets = key;
      this.ciphertextOctets = ciphertext;
      this.oid = (byte) oid;
    }

    static Set of(String algorithm) {
      return Arrays.stream(values())
          .filter(s -> s.algorithm.equals(algorithm))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("not ML-KEM: name=" + algorithm));
    }

    /** DER of the algorithm identifier (RFC 9935) and the head of the bit string. */
    byte[] prefix() {
      int bits = keyOctets + 1;
      int all = 13 + 4 + bits;
      return new byte[] {
        0x30,
        (byte) 0x82,
        (byte) (all >> 8),
        (byte) all,
        0x30,
        0x0b,
        0x06,
        0x09,
        0x60,
        (byte) 0x86,
        0x48,
        0x01,
        0x65,
        0x03,
        0x04,
        0x04,
        oid,
        0x03,
        (byte) 0x82,
        (byte) (bits >> 8),
        (byte) bits,
        0x00
      };
    }
  }

  /**
   * As the registry says now.
   *
   * @param algorithm ML-KEM-768 or ML-KEM-1024, and its provider
   */
  MlKem(Algorithm algorithm) {
    this.set = Set.of(algorithm.name());
    this.provider = algorithm.provider();
  }

  @Override
  public int offerOctets() {
    return set.keyOctets;
  }

  @Override
  public int replyOctets() {
    return set.ciphertextOctets;
  }

  @Override
  public Offered offer(SecureRandom random) {
    return provider instanceof BouncyCastle ? direct(random) : byJca(random);
  }

  private Offered direct(SecureRandom random) {
    MLKEMKeyPairGenerator generator = new MLKEMKeyPairGenerator();
    generator.init(new MLKEMKeyGenerationParameters(random, set.parameters));
    AsymmetricCipherKeyPair pair = generator.generateKeyPair();
    MLKEMPrivateKeyParameters own = (MLKEMPrivateKeyParameters) pair.getPrivate();
    byte[] offer = ((MLKEMPublicKeyParameters) pair.getPublic()).getEncoded();
    return offered(
        offer,
        reply -> {
          try {
            return new MLKEMExtractor(own).extractSecret(reply);
          } finally {
            own.destroy();
          }
        });
  }

  private Offered byJca(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(set.algorithm, provider);
      generator.initialize(new NamedParameterSpec(set.algorithm), random);
      KeyPair pair = generator.generateKeyPair();
      byte[] encoded = pair.getPublic().getEncoded();
      byte[] offer = Arrays.copyOfRange(encoded, encoded.length - set.keyOctets, encoded.length);
      return offered(
          offer, reply -> JcaKem.decapsulate("ML-KEM", provider, pair.getPrivate(), reply));
    } catch (GeneralSecurityException tested) {
      throw new IllegalStateException("ML-KEM passed its self-test and failed", tested);
    }
  }

  /** Decapsulates, once. */
  private interface Decapsulation {
    byte[] of(byte[] reply) throws GeneralSecurityException;
  }

  private static Offered offered(byte[] offer, Decapsulation decapsulation) {
    return new Offered() {
      @Override
      public byte[] offer() {
        return offer;
      }

      @Override
      public Secret secret(byte[] reply) {
        try {
          return Secret.absorb(decapsulation.of(reply));
        } catch (GeneralSecurityException malformed) {
          throw new IllegalArgumentException("this is no ciphertext of ML-KEM", malformed);
        }
      }
    };
  }

  @Override
  public Replied reply(byte[] offer, SecureRandom random) {
    if (provider instanceof BouncyCastle) {
      SecretWithEncapsulation made =
          new MLKEMGenerator(random)
              .generateEncapsulated(new MLKEMPublicKeyParameters(set.parameters, offer));
      return new Replied(made.getEncapsulation(), Secret.absorb(made.getSecret()));
    }
    try {
      byte[] prefix = set.prefix();
      byte[] encoded = Arrays.copyOf(prefix, prefix.length + offer.length);
      System.arraycopy(offer, 0, encoded, prefix.length, offer.length);
      JcaKem.Encapsulated made =
          JcaKem.encapsulate(
              "ML-KEM",
              provider,
              KeyFactory.getInstance("ML-KEM", provider)
                  .generatePublic(new X509EncodedKeySpec(encoded)),
              random);
      return new Replied(made.ciphertext(), Secret.absorb(made.secret()));
    } catch (GeneralSecurityException malformed) {
      throw new IllegalArgumentException("this is no key of ML-KEM", malformed);
    }
  }
}
