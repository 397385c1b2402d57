package io.bellgate.coap.node.sessions;

import io.bellgate.api.bits.Secret;
import io.bellgate.nodekeys.Hkdf;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals a session under the key of its node that it was agreed on with: AES-256-GCM under
 * HMAC-SHA256(key, label, salt), a salt of its own each. Whoever can open it has that key, and with
 * a recorded handshake the session anyway (PSK, RFC 4279); without the key nobody can, so a session
 * ends on the disk, too, when its key is retired. Stateless.
 */
final class SessionSeal {
  /** Octets before the sealed ones. */
  static final int SALT_OCTETS = 16;

  private static final byte[] LABEL = "bellgate sealed session".getBytes(StandardCharsets.US_ASCII);
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SessionSeal() {}

  /**
   * Seals.
   *
   * @param header authenticated with it, not sealed
   * @return salt, sealed octets and tag
   */
  static byte[] seal(Secret key, byte[] header, byte[] plain) {
    byte[] salt = new byte[SALT_OCTETS];
    RANDOM.nextBytes(salt);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, salt);
      cipher.updateAAD(header);
      byte[] sealed = Arrays.copyOf(salt, SALT_OCTETS + cipher.getOutputSize(plain.length));
      cipher.doFinal(plain, 0, plain.length, sealed, SALT_OCTETS);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /**
   * Opens.
   *
   * @return what was sealed, which the caller wipes; empty if it is not that, or of another key
   */
  static Optional<byte[]> open(Secret key, byte[] header, byte[] sealed) {
    if (sealed.length < SALT_OCTETS) {
      return Optional.empty();
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(sealed, SALT_OCTETS));
      cipher.updateAAD(header);
      return Optional.of(cipher.doFinal(sealed, SALT_OCTETS, sealed.length - SALT_OCTETS));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static Cipher cipher(int mode, Secret key, byte[] salt) throws GeneralSecurityException {
    byte[] own = key.lend(octets -> Hkdf.hmac(octets, LABEL, salt));
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      // the key is used for one message
      cipher.init(
          mode, new SecretKeySpec(own, "AES"), new GCMParameterSpec(TAG_BITS, new byte[12]));
      return cipher;
    } finally {
      Arrays.fill(own, (byte) 0);
    }
  }
}
