package io.bellgate.gateway.router.protect;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.Key;
import io.bellgate.api.keys.KeyCombiner;
import io.bellgate.api.keys.KeyId;
import io.bellgate.api.keys.KeyOrigin;
import io.bellgate.api.policy.Protection;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What pool keys become for messages in one direction, under one protection, in one policy epoch:
 * an AES-256-GCM key and a commitment to it, from the {@link KeyCombiner}. AES-GCM does not commit
 * to its key; the commitment does.
 *
 * <p>Security: a sender uses it with a counter that starts at 0 with each process, and a pool key
 * is taken once: no nonce repeats. The JDK keeps copies of the AES key that cannot be wiped.
 *
 * <p>Used for one direction by one thread at a time: whoever holds it has a lock around it.
 */
final class MessageKey {
  static final int NONCE_OCTETS = 12;
  static final int TAG_OCTETS = 16;
  private static final String PURPOSE = "message";

  private final Protection protection;
  private final long epoch;
  private final List<KeyId> ids;
  private final List<KeyOrigin> origins;
  private final SecretKeySpec aes;
  private final byte[] commitment;

  /** Kept: finding a provider costs as much as sealing a reading. */
  private final Cipher cipher;

  private MessageKey(Scope scope, List<Key> keys, SecretKeySpec aes, byte[] commitment) {
    this.protection = scope.protection();
    this.epoch = scope.epoch();
    this.ids = keys.stream().map(Key::id).toList();
    this.origins = keys.stream().map(Key::origin).toList();
    this.aes = aes;
    this.commitment = commitment;
    try {
      cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-256-GCM is there in every JDK", e);
    }
  }

  /**
   * What the key is for, and bound to.
   *
   * @param protection which
   * @param sender site ID
   * @param receiver site ID
   * @param epoch the sender's policy epoch
   */
  record Scope(Protection protection, String sender, String receiver, long epoch) {}

  /**
   * Derives.
   *
   * @param keys in the order of {@link Demand#positions}; lent for the call, not destroyed
   */
  static MessageKey derive(KeyCombiner combiner, Scope scope, List<Key> keys) {
    KeyCombiner.Combined combined =
        combiner.combine(
            new KeyCombiner.Context(
                scope.protection().word(),
                scope.sender(),
                scope.receiver(),
                PURPOSE,
                scope.epoch()),
            keys);
    try (Secret key = combined.key()) {
      SecretKeySpec aes = key.lend(octets -> new SecretKeySpec(octets, "AES"));
      return new MessageKey(scope, keys, aes, combined.commitment());
    }
  }

  Protection protection() {
    return protection;
  }

  long epoch() {
    return epoch;
  }

  List<KeyId> ids() {
    return ids;
  }

  List<KeyOrigin> origins() {
    return origins;
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
      throw new Malformed("BG-ROUTE-012", "the message does not verify under its keys: " + ids);
    }
  }

  private byte[] gcm(int mode, byte[] nonce, byte[] aad, byte[] octets)
      throws GeneralSecurityException {
    cipher.init(mode, aes, new GCMParameterSpec(8 * TAG_OCTETS, nonce));
    cipher.updateAAD(aad);
    return cipher.doFinal(octets);
  }
}
