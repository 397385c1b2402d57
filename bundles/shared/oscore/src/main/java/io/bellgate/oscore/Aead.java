package io.bellgate.oscore;

import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import org.eclipse.californium.scandium.dtls.cipher.CCMBlockCipher;

/** AEAD algorithms of COSE (RFC 9053, section 4.2) that OSCORE is used with: AES-CCM. */
public enum Aead {
  /** Key of 128 bits, tag of 64: mandatory in RFC 8613. */
  AES_CCM_16_64_128(10, 16, 8),
  /** Key of 256 bits, tag of 64. */
  AES_CCM_16_64_256(11, 32, 8),
  /** Key of 128 bits, tag of 128. */
  AES_CCM_16_128_128(30, 16, 16),
  /** Key of 256 bits, tag of 128. */
  AES_CCM_16_128_256(31, 32, 16);

  /** Octets of a nonce of all of them: 13, so that an ID has at most 7. */
  static final int NONCE_OCTETS = 13;

  private final int number;
  private final int keyOctets;
  private final int tagOctets;

  Aead(int number, int keyOctets, int tagOctets) {
    this.number = number;
    this.keyOctets = keyOctets;
    this.tagOctets = tagOctets;
  }

  /** Its number at IANA. */
  public int number() {
    return number;
  }

  /** Octets of its key. */
  public int keyOctets() {
    return keyOctets;
  }

  byte[] seal(SecretKey key, byte[] nonce, byte[] associated, byte[] plaintext) {
    try {
      return CCMBlockCipher.encrypt(key, nonce, associated, plaintext, tagOctets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-CCM is not there: aead=" + this, e);
    }
  }

  /** The plaintext, or {@code GeneralSecurityException} if it is not authentic. */
  byte[] open(SecretKey key, byte[] nonce, byte[] associated, byte[] ciphertext)
      throws GeneralSecurityException {
    if (ciphertext.length <= tagOctets) {
      throw new GeneralSecurityException("a ciphertext is longer than its tag");
    }
    return CCMBlockCipher.decrypt(key, nonce, associated, ciphertext, tagOctets);
  }
}
