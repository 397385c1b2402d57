package io.bellgate.keys.pqc.registry;

import java.lang.reflect.InvocationTargetException;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.bouncycastle.jcajce.SecretKeyWithEncapsulation;
import org.bouncycastle.jcajce.spec.KEMExtractSpec;
import org.bouncycastle.jcajce.spec.KEMGenerateSpec;

/**
 * Encapsulates and decapsulates through JCA: with Bouncy Castle by its key generators, without
 * their KDF (which is their default, and gives another secret than the standard), else by {@code
 * javax.crypto.KEM}. That class came with an update of JDK 17, and a later compiler told to make
 * code for 17 does not know it, so it is reached by reflection. Stateless.
 */
public final class JcaKem {
  private static final int SECRET_BITS = 256;

  private JcaKem() {}

  /**
   * What encapsulation gives.
   *
   * @param ciphertext to be sent
   * @param secret the raw shared secret, 32 octets, which the caller destroys
   */
  public record Encapsulated(byte[] ciphertext, byte[] secret) {}

  /**
   * Encapsulates.
   *
   * @param family name in JCA, for example {@code ML-KEM}
   * @param random where m comes from
   * @throws GeneralSecurityException if the key is none, or the provider cannot
   */
  public static Encapsulated encapsulate(
      String family, Provider provider, PublicKey key, SecureRandom random)
      throws GeneralSecurityException {
    if (BouncyCastle.isIt(provider)) {
      KeyGenerator generator = KeyGenerator.getInstance(family, provider);
      generator.init(
          new KEMGenerateSpec.Builder(key, "AES", SECRET_BITS).withNoKdf().build(), random);
      SecretKeyWithEncapsulation made = (SecretKeyWithEncapsulation) generator.generateKey();
      return new Encapsulated(made.getEncapsulation(), made.getEncoded());
    }
    Object kem = kem(family, provider);
    Object encapsulator =
        call(
            kem,
            "newEncapsulator",
            new Class<?>[] {PublicKey.class, AlgorithmParameterSpec.class, SecureRandom.class},
            key,
            null,
            random);
    Object made = call(encapsulator, "encapsulate", new Class<?>[0]);
    byte[] ciphertext = (byte[]) call(made, "encapsulation", new Class<?>[0]);
    return new Encapsulated(
        ciphertext, ((SecretKey) call(made, "key", new Class<?>[0])).getEncoded());
  }

  /**
   * Decapsulates.
   *
   * @param family name in JCA, for example {@code ML-KEM}
   * @return the raw shared secret, 32 octets, which the caller destroys
   * @throws GeneralSecurityException if the ciphertext has not the length of one, or the provider
   *     cannot
   */
  public static byte[] decapsulate(
      String family, Provider provider, PrivateKey key, byte[] ciphertext)
      throws GeneralSecurityException {
    if (BouncyCastle.isIt(provider)) {
      KeyGenerator generator = KeyGenerator.getInstance(family, provider);
      generator.init(
          new KEMExtractSpec.Builder(key, ciphertext, "AES", SECRET_BITS).withNoKdf().build());
      return generator.generateKey().getEncoded();
    }
    Object kem = kem(family, provider);
    Object decapsulator = call(kem, "newDecapsulator", new Class<?>[] {PrivateKey.class}, key);
    Object secret = call(decapsulator, "decapsulate", new Class<?>[] {byte[].class}, ciphertext);
    return ((SecretKey) secret).getEncoded();
  }

  private static Object kem(String family, Provider provider) throws GeneralSecurityException {
    try {
      Class<?> type = Class.forName("javax.crypto.KEM");
      return type.getMethod("getInstance", String.class, Provider.class)
          .invoke(null, family, provider);
    } catch (ClassNotFoundException old) {
      throw new NoSuchAlgorithmException("this JDK has no javax.crypto.KEM", old);
    } catch (InvocationTargetException failed) {
      throw cause(failed);
    } catch (ReflectiveOperationException other) {
      throw new GeneralSecurityException(other);
    }
  }

  private static Object call(Object on, String method, Class<?>[] types, Object... arguments)
      throws GeneralSecurityException {
    try {
      return on.getClass().getMethod(method, types).invoke(on, arguments);
    } catch (InvocationTargetException failed) {
      throw cause(failed);
    } catch (ReflectiveOperationException other) {
      throw new GeneralSecurityException(other);
    }
  }

  private static GeneralSecurityException cause(InvocationTargetException failed) {
    if (failed.getCause() instanceof GeneralSecurityException known) {
      return known;
    }
    return new GeneralSecurityException(failed.getCause());
  }
}
