package io.bellgate.nodekeys;

import io.bellgate.api.bits.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;

/**
 * X25519 (RFC 7748) with bare octets, by a provider that is given; keys in the form of RFC 8410. A
 * public value is the agreement with the base point. Stateless.
 */
final class X25519 {
  static final int OCTETS = 32;
  private static final String NAME = "X25519";
  private static final byte[] PRIVATE = HexFormat.of().parseHex("302e020100300506032b656e04220420");
  private static final byte[] PUBLIC = HexFormat.of().parseHex("302a300506032b656e032100");

  private X25519() {}

  /** A fresh private value, which the caller owns. */
  static Secret generate(SecureRandom random) {
    byte[] octets = new byte[OCTETS];
    random.nextBytes(octets);
    return Secret.absorb(octets);
  }

  /** The public value of a private one. */
  static byte[] publicValue(Provider provider, Secret own) throws GeneralSecurityException {
    byte[] base = new byte[OCTETS];
    base[0] = 9; // section 4.1
    return octets(provider, own, base);
  }

  /**
   * The shared secret.
   *
   * @param peers from outside
   * @return 32 octets, which the caller owns
   * @throws GeneralSecurityException if it would be zero (section 6.1)
   */
  static Secret agree(Provider provider, Secret own, byte[] peers) throws GeneralSecurityException {
    byte[] result = octets(provider, own, peers);
    int any = 0;
    for (byte octet : result) {
      any |= octet;
    }
    if (any == 0) {
      throw new InvalidKeyException("X25519 must not give zero");
    }
    return Secret.absorb(result);
  }

  private static byte[] octets(Provider provider, Secret own, byte[] peers)
      throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance(NAME, provider);
    byte[] encoded = own.lend(o -> join(PRIVATE, o));
    try {
      PrivateKey key = factory.generatePrivate(new PKCS8EncodedKeySpec(encoded));
      PublicKey other = factory.generatePublic(new X509EncodedKeySpec(join(PUBLIC, peers)));
      KeyAgreement agreement = KeyAgreement.getInstance(NAME, provider);
      agreement.init(key);
      agreement.doPhase(other, true);
      return agreement.generateSecret();
    } catch (IllegalStateException allZero) {
      throw new InvalidKeyException("X25519 must not give zero", allZero);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private static byte[] join(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }
}
