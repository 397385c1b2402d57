package io.bellgate.nodekeys;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** HKDF and HMAC from the hash function alone, to compare with. */
final class PlainHkdf {
  private PlainHkdf() {}

  static byte[] join(Object... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Object part : parts) {
      byte[] octets =
          part instanceof byte[] some
              ? some
              : part instanceof Integer number
                  ? new byte[] {number.byteValue()}
                  : ((String) part).getBytes(StandardCharsets.UTF_8);
      all.writeBytes(octets);
    }
    return all.toByteArray();
  }

  /** Four octets. */
  static byte[] u32(int number) {
    return new byte[] {
      (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
    };
  }

  static byte[] sha256(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] hmac(byte[] key, byte[] octets) {
    byte[] padded = Arrays.copyOf(key.length > 64 ? sha256(key) : key, 64);
    byte[] inner = padded.clone();
    byte[] outer = padded.clone();
    for (int i = 0; i < 64; i++) {
      inner[i] ^= 0x36;
      outer[i] ^= 0x5c;
    }
    return sha256(join(outer, sha256(join(inner, octets))));
  }

  static byte[] hkdf(byte[] salt, byte[] input, byte[] info, int octets) {
    byte[] prk = hmac(salt, input);
    byte[] output = {};
    byte[] block = {};
    for (int i = 1; output.length < octets; i++) {
      block = hmac(prk, join(block, info, i));
      output = join(output, block);
    }
    return Arrays.copyOf(output, octets);
  }
}
