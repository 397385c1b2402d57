package io.bellgate.gateway.router;

import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a pool key becomes for messages in one direction: an AES-256-GCM key and a commitment to it.
 *
 * <p>HKDF-SHA-256 (RFC 5869): PRK = Extract("bellgate message 1", pool key); key = Expand(PRK,
 * context | 1, 32), commitment = Expand(PRK, context | 2, 32) with context = length-prefixed
 * (label, key ID, sender, receiver, protection). AES-GCM does not commit to its key; the commitment
 * does (collision resistance of SHA-256).
 *
 * <p>Security: a sender uses it with a counter that starts at 0 with each process, and a pool key
 * is taken once: no nonce repeats. The JDK keeps copies of the AES key that cannot be wiped.
 *
 * <p>Used for one direction by one thread at a time: whoever holds it has a lock around it.
 */
final class MessageKey {
  static final int NONCE_OCTETS = 12;
  static final int TAG_OCTETS = 16;
  private static final byte[] LABEL = "bellgate message 1".getBytes(StandardCharsets.US_ASCII);

  private final KeyId id;
  private final KeyOrigin origin;
  private final SecretKeySpec aes;
  private final byte[] commitment;

  /** Kept: finding a provider costs as much as sealing a reading. */
  private final Cipher cipher;

  private MessageKey(KeyId id, KeyOrigin origin, SecretKeySpec aes, byte[] commitment) {
    this.id = id;
    this.origin = origin;
    this.aes = aes;
    this.commitment = commitment;
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is there in every JDK", e);
    }
  }

  /**
   * Derives.
   *
   * @param key lent for the call, not destroyed
   * @param sender site ID
   * @param receiver site ID
   * @param protection its word
   */
  static MessageKey derive(Key key, String sender, String receiver, String protection) {
    byte[] context = context(key.id().toString(), sender, receiver, protection);
    byte[] prk = key.secret().lend(octets -> hmac(LABEL, octets));
    byte[] aes = expand(prk, context, (byte) 1);
    byte[] commitment = expand(prk, context, (byte) 2);
    MessageKey derived =
        new MessageKey(key.id(), key.origin(), new SecretKeySpec(aes, "AES"), commitment);
    Arrays.fill(prk, (byte) 0);
    Arrays.fill(aes, (byte) 0);
    return derived;
  }

  KeyId id() {
    return id;
  }

  KeyOrigin origin() {
    return origin;
  }

  byte[] commitment() {
    return commitment.clone();
  }

  byte[] seal(byte[] nonce, byte[] aad, byte[] plain) {
    try {
      return gcm(Cipher.ENCRYPT_MODE, nonce, aad, plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is there in every JDK", e);
    }
  }

  /** Opens, or throws {@link Malformed} with code BG-ROUTE-012 if the tag is wrong. */
  byte[] open(byte[] nonce, byte[] aad, byte[] sealed) {
    try {
      return gcm(Cipher.DECRYPT_MODE, nonce, aad, sealed);
    } catch (GeneralSecurityException e) {
      throw new Malformed("BG-ROUTE-012", "the message does not verify under its key: key=" + id);
    }
  }

  private byte[] gcm(int mode, byte[] nonce, byte[] aad, byte[] octets)
      throws GeneralSecurityException {
    cipher.init(mode, aes, new GCMParameterSpec(8 * TAG_OCTETS, nonce));
    cipher.updateAAD(aad);
    return cipher.doFinal(octets);
  }

  private static byte[] context(String... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String part : parts) {
      byte[] octets = part.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(ByteBuffer.allocate(4).putInt(octets.length).array());
      out.writeBytes(octets);
    }
    return out.toByteArray();
  }

  private static byte[] expand(byte[] prk, byte[] context, byte purpose) {
    // one block of HKDF-Expand: T(1) = HMAC(PRK, info | 0x01), info = context | purpose
    byte[] info = Arrays.copyOf(context, context.length + 2);
    info[context.length] = purpose;
    info[context.length + 1] = 1;
    return hmac(prk, info);
  }

  private static byte[] hmac(byte[] key, byte[] octets) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC-SHA-256 is there in every JDK", e);
    }
  }
}
