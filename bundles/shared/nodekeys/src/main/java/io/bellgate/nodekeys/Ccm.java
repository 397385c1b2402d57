package io.bellgate.nodekeys;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-CCM (RFC 3610) with M = 16 and L = 2: what a node has that speaks DTLS or OSCORE. Written out
 * because the JDK has none; for a few short messages. Stateless.
 */
final class Ccm {
  static final int TAG_OCTETS = 16;
  static final int NONCE_OCTETS = 13;
  private static final int BLOCK = 16;
  private static final int MOST_OCTETS = 65_000;

  private Ccm() {}

  /**
   * Seals.
   *
   * @param nonce {@link #NONCE_OCTETS}, once under a key
   * @param header authenticated, not sealed; not empty
   * @return sealed octets, then the tag
   */
  static byte[] seal(byte[] key, byte[] nonce, byte[] header, byte[] plain) {
    Cipher aes = aes(key);
    byte[] sealed = Arrays.copyOf(plain, plain.length + TAG_OCTETS);
    stream(aes, nonce, sealed, plain.length);
    byte[] tag = tag(aes, nonce, header, plain);
    System.arraycopy(tag, 0, sealed, plain.length, TAG_OCTETS);
    return sealed;
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
    Cipher aes = aes(key);
    byte[] plain = Arrays.copyOf(sealed, sealed.length - TAG_OCTETS);
    stream(aes, nonce, plain, plain.length);
    byte[] tag = Arrays.copyOfRange(sealed, plain.length, sealed.length);
    if (!MessageDigest.isEqual(tag, tag(aes, nonce, header, plain))) {
      Arrays.fill(plain, (byte) 0);
      throw new AEADBadTagException("not what was sealed");
    }
    return plain;
  }

  private static Cipher aes(byte[] key) {
    try {
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding"); // the block cipher alone
      aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return aes;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES is there in every JDK", e);
    }
  }

  private static byte[] encrypt(Cipher aes, byte[] block) {
    try {
      return aes.doFinal(block);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a block is a block", e);
    }
  }

  /** A_i of section 2.3. */
  private static byte[] counter(Cipher aes, byte[] nonce, int i) {
    return encrypt(
        aes, ByteBuffer.allocate(BLOCK).put((byte) 1).put(nonce).putShort((short) i).array());
  }

  private static void stream(Cipher aes, byte[] nonce, byte[] octets, int length) {
    for (int at = 0; at < length; at += BLOCK) {
      byte[] key = counter(aes, nonce, 1 + at / BLOCK);
      for (int i = 0; i < BLOCK && at + i < length; i++) {
        octets[at + i] ^= key[i];
      }
      Arrays.fill(key, (byte) 0);
    }
  }

  /** U of section 2.3: CBC-MAC over B_0, header and message, each padded, under A_0. */
  private static byte[] tag(Cipher aes, byte[] nonce, byte[] header, byte[] plain) {
    if (nonce.length != NONCE_OCTETS
        || header.length == 0
        || header.length > MOST_OCTETS
        || plain.length > MOST_OCTETS) {
      throw new IllegalArgumentException(
          "CCM with L = 2: nonce=" + nonce.length + " header=" + header.length);
    }
    int first = padded(2 + header.length);
    ByteBuffer blocks =
        ByteBuffer.allocate(BLOCK + first + padded(plain.length))
            .put((byte) 0x79) // a header, M = 16, L = 2
            .put(nonce)
            .putShort((short) plain.length)
            .putShort((short) header.length)
            .put(header)
            .position(BLOCK + first)
            .put(plain);
    byte[] all = blocks.array();
    byte[] mac = new byte[BLOCK];
    for (int at = 0; at < all.length; at += BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        mac[i] ^= all[at + i];
      }
      mac = encrypt(aes, mac);
    }
    Arrays.fill(all, (byte) 0);
    byte[] key = counter(aes, nonce, 0);
    for (int i = 0; i < BLOCK; i++) {
      mac[i] ^= key[i];
    }
    return mac;
  }

  private static int padded(int octets) {
    return (octets + BLOCK - 1) / BLOCK * BLOCK;
  }
}
