package io.bellgate.keys.pqc.object;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.keys.pqc.registry.Hkdf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMExtractor;
import org.bouncycastle.pqc.crypto.xwing.XWingKEMGenerator;
import org.bouncycastle.pqc.crypto.xwing.XWingPrivateKeyParameters;
import org.bouncycastle.pqc.crypto.xwing.XWingPublicKeyParameters;

/**
 * HPKE (RFC 9180) in {@code mode_psk} for one message: X-Wing (0x647A), HKDF-SHA-256 (0x0001),
 * AES-256-GCM (0x0002). The key schedule is that of section 5.1, written out here because the
 * library's own takes its random octets from the JVM and its AES-GCM is forty times slower than the
 * JDK's; tests hold the two against each other.
 *
 * <p>The providers are those of the registry when it is made. For one thread.
 */
final class Hpke {
  /** Octets of an encapsulation. */
  static final int ENCAPSULATION_OCTETS = 1120;

  /** Octets of the tag at the end of what is sealed. */
  static final int TAG_OCTETS = 16;

  private static final byte MODE_PSK = 1;
  private static final int KEY_OCTETS = 32;
  private static final int NONCE_OCTETS = 12;
  private static final byte[] VERSION = ascii("HPKE-v1");
  private static final byte[] SUITE =
      joined(ascii("HPKE"), new byte[] {0x64, 0x7a, 0x00, 0x01, 0x00, 0x02});

  private final Hkdf hkdf;
  private final Provider gcm;

  /**
   * What both ends agree on beside the KEM's secret.
   *
   * @param psk pre-shared key, at least 32 octets (section 9.5)
   * @param pskId its ID
   * @param info of the application
   */
  record Terms(Secret psk, byte[] pskId, byte[] info) {}

  /**
   * What is sent.
   *
   * @param encapsulation of X-Wing
   * @param ciphertext with its tag
   */
  record Sealed(byte[] encapsulation, byte[] ciphertext) {}

  Hpke(AlgorithmRegistry registry, Use use) {
    registry.require("X-Wing", use);
    hkdf = new Hkdf(256, registry.require("HKDF-SHA-256", use).provider());
    gcm = registry.require("AES-256-GCM", use).provider();
  }

  /**
   * Seals one message.
   *
   * @throws IllegalArgumentException if the key is none of X-Wing
   */
  Sealed seal(byte[] to, SecureRandom random, Terms terms, byte[] aad, byte[] message) {
    SecretWithEncapsulation made =
        new XWingKEMGenerator(random).generateEncapsulated(new XWingPublicKeyParameters(to));
    byte[] secret = made.getSecret();
    try {
      byte[] ciphertext = run(Cipher.ENCRYPT_MODE, secret, terms, aad, message);
      return new Sealed(made.getEncapsulation(), ciphertext);
    } catch (GeneralSecurityException tested) {
      throw new IllegalStateException("AES-GCM passed its self-test and failed", tested);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /**
   * Opens one message.
   *
   * @param seed of the X-Wing key, 32 octets
   * @throws GeneralSecurityException if anything was changed, or is not what was sealed with
   */
  byte[] open(Secret seed, Terms terms, byte[] aad, Sealed sealed) throws GeneralSecurityException {
    byte[] secret =
        seed.lend(
            s ->
                new XWingKEMExtractor(new XWingPrivateKeyParameters(s.clone()))
                    .extractSecret(sealed.encapsulation()));
    try {
      return run(Cipher.DECRYPT_MODE, secret, terms, aad, sealed.ciphertext());
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private byte[] run(int mode, byte[] shared, Terms terms, byte[] aad, byte[] input)
      throws GeneralSecurityException {
    byte[] none = {};
    byte[] context =
        joined(
            new byte[] {MODE_PSK},
            extract(none, "psk_id_hash", terms.pskId()),
            extract(none, "info_hash", terms.info()));
    byte[] secret = terms.psk().lend(psk -> extract(shared, "secret", psk));
    byte[] key = expand(secret, "key", context, KEY_OCTETS);
    byte[] nonce = expand(secret, "base_nonce", context, NONCE_OCTETS);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", gcm);
      cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_OCTETS, nonce));
      cipher.updateAAD(aad);
      return cipher.doFinal(input);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
      Arrays.fill(nonce, (byte) 0);
    }
  }

  /** LabeledExtract of section 4. */
  private byte[] extract(byte[] salt, String label, byte[] ikm) {
    byte[] labeled = joined(VERSION, SUITE, ascii(label), ikm);
    try {
      return hkdf.extract(salt, labeled);
    } finally {
      Arrays.fill(labeled, (byte) 0);
    }
  }

  /** LabeledExpand of section 4. */
  private byte[] expand(byte[] prk, String label, byte[] info, int octets) {
    byte[] length = {(byte) (octets >> 8), (byte) octets};
    return hkdf.expand(prk, joined(length, VERSION, SUITE, ascii(label), info), octets);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] joined(byte[]... parts) {
    ByteBuffer all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
