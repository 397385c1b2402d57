package io.bellgate.nodekeys;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869), and the two functions under it. Stateless. */
public final class Hkdf {
  /** Octets of an output of HMAC with SHA-256. */
  static final int HASH_OCTETS = 32;

  private static final String HMAC = "HmacSHA256";

  private Hkdf() {}

  /**
   * Section 2.2.
   *
   * @param salt not empty
   * @param input one after the other, without anything between: their lengths must be told apart by
   *     whoever gives them
   * @return 32 octets, which the caller wipes
   */
  static byte[] extract(byte[] salt, byte[]... input) {
    return hmac(salt, input);
  }

  /**
   * Section 2.3.
   *
   * @param octets at most 255 * 32
   * @return which the caller wipes
   */
  static byte[] expand(byte[] prk, byte[] info, int octets) {
    byte[] output = new byte[octets];
    byte[] block = {};
    for (int at = 0, count = 1; at < octets; at += HASH_OCTETS, count++) {
      byte[] before = block;
      block = hmac(prk, before, info, new byte[] {(byte) count});
      Arrays.fill(before, (byte) 0);
      System.arraycopy(block, 0, output, at, Math.min(HASH_OCTETS, octets - at));
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }

  /** HMAC (RFC 2104) over parts, one after the other. */
  public static byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HMAC with SHA-256 is there in every JDK", e);
    }
  }

  /** SHA-256 over parts, one after the other. */
  static byte[] hash(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is there in every JDK", e);
    }
  }
}
