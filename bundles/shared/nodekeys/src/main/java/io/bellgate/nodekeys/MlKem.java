package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * ML-KEM (FIPS 203) by a provider that is given, through {@code javax.crypto.KEM} alone, so that no
 * class of a library is needed here: the raw shared secret, without a KDF. That class came with
 * 17.0.13 and with 21; a later compiler told to make code for 17 does not know it, so it is reached
 * by reflection. Stateless.
 *
 * <p>Copies of a decapsulation key stay in the provider until they are collected.
 */
final class MlKem {
  private static final String FAMILY = "ML-KEM";

  private MlKem() {}

  /**
   * The answer to an encapsulation key.
   *
   * @param secret 32 octets, which the caller owns
   */
  record Encapsulated(byte[] ciphertext, Secret secret) {}

  /** A fresh key pair. */
  static KeyPair generate(EnrolSuite suite, Provider provider, SecureRandom random)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(suite.kem(), provider);
    generator.initialize(new NamedParameterSpec(suite.kem()), random);
    return generator.generateKeyPair();
  }

  /** The encapsulation key in bare octets. */
  static byte[] octets(EnrolSuite suite, PublicKey key) {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - suite.keyOctets(), encoded.length);
  }

  /**
   * Encapsulates.
   *
   * @param key from outside; the modulus check of section 7.2 is the provider's
   * @throws GeneralSecurityException if it is none
   */
  static Encapsulated encapsulate(
      EnrolSuite suite, Provider provider, byte[] key, SecureRandom random)
      throws GeneralSecurityException {
    PublicKey read =
        KeyFactory.getInstance(FAMILY, provider)
            .generatePublic(new X509EncodedKeySpec(encoded(suite, key)));
    Object encapsulator =
        call(
            kem(provider),
            "newEncapsulator",
            new Class<?>[] {PublicKey.class, AlgorithmParameterSpec.class, SecureRandom.class},
            read,
            null,
            random);
    Object made = call(encapsulator, "encapsulate", new Class<?>[0]);
    byte[] ciphertext = (byte[]) call(made, "encapsulation", new Class<?>[0]);
    return new Encapsulated(ciphertext, secret((SecretKey) call(made, "key", new Class<?>[0])));
  }

  /**
   * Decapsulates. A ciphertext that was changed gives another secret, not an error.
   *
   * @return 32 octets, which the caller owns
   */
  static Secret decapsulate(Provider provider, PrivateKey key, byte[] ciphertext)
      throws GeneralSecurityException {
    Object decapsulator =
        call(kem(provider), "newDecapsulator", new Class<?>[] {PrivateKey.class}, key);
    return secret(
        (SecretKey) call(decapsulator, "decapsulate", new Class<?>[] {byte[].class}, ciphertext));
  }

  private static Secret secret(SecretKey key) {
    return Secret.absorb(key.getEncoded());
  }

  /** SubjectPublicKeyInfo (RFC 9935). */
  private static byte[] encoded(EnrolSuite suite, byte[] key) {
    int bits = key.length + 1;
    int all = 13 + 4 + bits;
    return ByteBuffer.allocate(4 + all)
        .put(new byte[] {0x30, (byte) 0x82})
        .putShort((short) all)
        .put(new byte[] {0x30, 0x0b, 0x06, 0x09, 0x60, (byte) 0x86, 0x48, 0x01, 0x65, 0x03})
        .put(new byte[] {0x04, 0x04, suite.oid(), 0x03, (byte) 0x82})
        .putShort((short) bits)
        .put((byte) 0)
        .put(key)
        .array();
  }

  private static Object kem(Provider provider) throws GeneralSecurityException {
    try {
      return Class.forName("javax.crypto.KEM")
          .getMethod("getInstance", String.class, Provider.class)
          .invoke(null, FAMILY, provider);
    } catch (InvocationTargetException failed) {
      throw cause(failed);
    } catch (ReflectiveOperationException old) {
      throw new NoSuchAlgorithmException("this JDK has no javax.crypto.KEM", old);
    }
  }

  private static Object call(Object on, String name, Class<?>[] types, Object... arguments)
      throws GeneralSecurityException {
    try {
      return on.getClass().getMethod(name, types).invoke(on, arguments);
    } catch (InvocationTargetException failed) {
      throw cause(failed);
    } catch (ReflectiveOperationException other) {
      throw new GeneralSecurityException(other);
    }
  }

  private static GeneralSecurityException cause(InvocationTargetException failed) {
    return failed.getCause() instanceof GeneralSecurityException known
        ? known
        : new GeneralSecurityException(failed.getCause());
  }
}
