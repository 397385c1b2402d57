package io.bellgate.keys.pool;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869). */
final class Hkdf {
  private static final int HASH_OCTETS = 32;

  private Hkdf() {}

  /** RFC 5869, 2.2: PRK = HMAC-Hash(salt, IKM). */
  static byte[] extract(byte[] salt, byte[] inputKey) {
    return hmac(salt.length == 0 ? new byte[HASH_OCTETS] : salt, inputKey);
  }

  /**
   * RFC 5869, 2.3: T(i) = HMAC-Hash(PRK, T(i-1) | info | i).
   *
   * @param length octets, at most 255 times 32
   */
  static byte[] expand(byte[] prk, byte[] info, int length) {
    byte[] output = new byte[length];
    byte[] block = new byte[0];
    for (int done = 0, i = 1; done < length; i++) {
      byte[] input =
          ByteBuffer.allocate(block.length + info.length + 1)
              .put(block)
              .put(info)
              .put((byte) i)
              .array();
      Arrays.fill(block, (byte) 0);
      block = hmac(prk, input);
      Arrays.fill(input, (byte) 0);
      int step = Math.min(HASH_OCTETS, length - done);
      System.arraycopy(block, 0, output, done, step);
      done += step;
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("HMAC-SHA-256 is missing in this JDK", impossible);
    }
  }
}
