package io.bellgate.keys.pool.store;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.KeyPool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.BitSet;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the chunks of a block, each on its own, so that a take opens one chunk only.
 *
 * <p>AES-256-GCM (NIST SP 800-38D). The key of a block is HMAC-SHA-256(wrapping key, label || block
 * header), and the header holds a random salt: no two blocks share a key, so the chunk's index is
 * the nonce. The header is authenticated with every chunk. A block that is sealed again keeps its
 * salt: the wrapping key is another one then.
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
   * Opens chunks and puts them one after the other.
   *
   * @param sealed from the sealed chunk {@code first} on, none left out
   * @param chunks which ones, in rising order
   * @throws IllegalStateException if one was changed or belongs to another wrapping key
   */
  Secret open(byte[] header, byte[] sealed, int first, BitSet chunks) {
    byte[] plain = new byte[chunks.cardinality() * KeyPool.CHUNK_OCTETS];
    try {
      SecretKeySpec key = blockKey(header);
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      int to = 0;
      for (int i = chunks.nextSetBit(0); i >= 0; i = chunks.nextSetBit(i + 1)) {
        cipher.init(Cipher.DECRYPT_MODE, key, nonce(i));
        cipher.updateAAD(header);
        cipher.doFinal(sealed, (i - first) * SEALED_OCTETS, SEALED_OCTETS, plain, to);
        to += KeyPool.CHUNK_OCTETS;
      }
      return Secret.absorb(plain);
    } catch (GeneralSecurityException damaged) {
      Arrays.fill(plain, (byte) 0);
      throw new IllegalStateException(
          "a sealed chunk opens with the pool's wrapping key only: chunks="
              + chunks
              + "; if pool and key do not belong together, remove both",
          damaged);
    }
  }

  /**
   * The chunks of a block under another seal. Used ones become zeros: with this seal gone nobody
   * opens them any more.
   */
  byte[] reseal(Seal to, byte[] header, byte[] sealed, BitSet used) {
    int count = sealed.length / SEALED_OCTETS;
    byte[] plain = new byte[count * KeyPool.CHUNK_OCTETS];
    BitSet live = new BitSet();
    live.set(0, count);
    live.andNot(used);
    if (!live.isEmpty()) {
      try (Secret open = open(header, sealed, 0, live)) {
        open.use(o -> spread(o, live, plain));
      }
    }
    byte[] again = to.seal(header, plain);
    Arrays.fill(plain, (byte) 0);
    for (int i = used.nextSetBit(0); i >= 0; i = used.nextSetBit(i + 1)) {
      Arrays.fill(again, i * SEALED_OCTETS, (i + 1) * SEALED_OCTETS, (byte) 0);
    }
    return again;
  }

  private static void spread(byte[] open, BitSet chunks, byte[] plain) {
    int from = 0;
    for (int i = chunks.nextSetBit(0); i >= 0; i = chunks.nextSetBit(i + 1)) {
      System.arraycopy(open, from, plain, i * KeyPool.CHUNK_OCTETS, KeyPool.CHUNK_OCTETS);
      from += KeyPool.CHUNK_OCTETS;
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
