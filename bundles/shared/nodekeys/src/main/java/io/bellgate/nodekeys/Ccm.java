package io.bellgate.nodekeys;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import org.eclipse.californium.scandium.dtls.cipher.CCMBlockCipher;
import org.eclipse.californium.scandium.util.SecretUtil;

/**
 * AES-CCM (RFC 3610) with M = 16 and L = 2, by Scandium: what a node has that speaks DTLS or
 * OSCORE. Stateless.
 */
final class Ccm {
  static final int TAG_OCTETS = 16;
  static final int NONCE_OCTETS = 13;

  private Ccm() {}

  /**
   * Seals.
   *
   * @param nonce {@link #NONCE_OCTETS}, once under a key
   * @param header authenticated, not sealed; not empty
   * @return sealed octets, then the tag
   */
  static byte[] seal(byte[] key, byte[] nonce, byte[] header, byte[] plain) {
    SecretKey aes = SecretUtil.create(key, "AES");
    try {
      return CCMBlockCipher.encrypt(aes, nonce, header, plain, TAG_OCTETS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES", e);
    } finally {
      SecretUtil.destroy(aes);
    }
  }

  /**
   * Opens.
   *
   * @return which the caller wipes
   * @throws AEADBadTagException if it is not what was sealed
   */
  static byte[] open(byte[] key, byte[] nonce, byte[] header, byte[] sealed)
      throws AEADBadTagException {
    if (sealed.length < TAG_OCTETS) {
      throw new AEADBadTagException("a sealed message has a tag: octets=" + sealed.length);
    }
    SecretKey aes = SecretUtil.create(key, "AES");
    try {
      return CCMBlockCipher.decrypt(aes, nonce, header, sealed, TAG_OCTETS);
    } catch (GeneralSecurityException e) {
      throw new AEADBadTagException("not what was sealed");
    } finally {
      SecretUtil.destroy(aes);
    }
  }
}
