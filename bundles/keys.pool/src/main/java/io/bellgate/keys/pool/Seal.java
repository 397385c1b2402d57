package io.bellgate.keys.pool;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.KeyPool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the chunks of a block, each on its own, so that a take opens one chunk only.
 *
 * <p>AES-256-GCM (NIST SP 800-38D). The key of a block is HMAC-SHA-256(wrapping key, label || block
 * header), and the header holds a random salt: no two blocks share a key, so the chunk's index is
 * the nonce. The header is authenticated with every chunk.
 */
final class Seal {
  /** Octets of a sealed chunk: the chunk and its tag. */
  static final int SEALED_OCTETS = KeyPool.CHUNK_OCTETS + 16;

  private static final byte[] LABEL = "bellgate keys.pool 1".getBytes(StandardCharsets.US_ASCII);

  private final Secret wrappingKey;

  /**
   * Takes the wrapping key over.
   *
   * @param wrappingKey 32 octets
   */
  Seal(Secret wrappingKey) {
    this.wrappingKey = wrappingKey;
  }

  /** Seals all chunks. */
  byte[] seal(byte[] header, byte[] plain) {
    SecretKeySpec key = blockKey(header);
    byte[] sealed = new byte[plain.length / KeyPool.CHUNK_OCTETS * SEALED_OCTETS];
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      for (int i = 0; i * KeyPool.CHUNK_OCTETS < plain.length; i++) {
        cipher.init(Cipher.ENCRYPT_MODE, key, nonce(i));
        cipher.updateAAD(header);
        int from = i * KeyPool.CHUNK_OCTETS;
        cipher.doFinal(plain, from, KeyPool.CHUNK_OCTETS, sealed, i * SEALED_OCTETS);
      }
      return sealed;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES-256-GCM is missing in this JDK", impossible);
    }
  }

  /**
   * Opens one chunk.
   *
   * @throws IllegalStateException if it was changed or belongs to another wrapping key
   */
  Secret open(byte[] header, byte[] sealed, int index) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, blockKey(header), nonce(index));
      cipher.updateAAD(header);
      return Secret.absorb(cipher.doFinal(sealed, index * SEALED_OCTETS, SEALED_OCTETS));
    } catch (GeneralSecurityException damaged) {
      throw new IllegalStateException(
          "a sealed chunk opens with the pool's wrapping key only: chunk="
              + index
              + "; if pool and key do not belong together, remove both",
          damaged);
    }
  }

  void destroy() {
    wrappingKey.destroy();
  }

  private SecretKeySpec blockKey(byte[] header) {
    return wrappingKey.lend(
        wrapping -> {
          try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(wrapping, "HmacSHA256"));
            mac.update(LABEL);
            byte[] key = mac.doFinal(header);
            SecretKeySpec blockKey = new SecretKeySpec(key, "AES");
            Arrays.fill(key, (byte) 0);
            return blockKey;
          } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("HMAC-SHA-256 is missing in this JDK", impossible);
          }
        });
  }

  private static GCMParameterSpec nonce(int index) {
    return new GCMParameterSpec(128, ByteBuffer.allocate(12).putInt(8, index).array());
  }
}
