package io.bellgate.keys.pqc.registry;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HKDF (RFC 5869) over a provider's HMAC: JDK 17 has HMAC, and no HKDF of its own. Copies of keys
 * inside JCA stay until they are collected. For one thread.
 */
public final class Hkdf {
  private static final int MOST_BLOCKS = 255;

  private final String algorithm;
  private final Provider provider;

  /**
   * Says which.
   *
   * @param hash 256 or 384
   * @param provider has HMAC with SHA-2 of that length
   */
  public Hkdf(int hash, Provider provider) {
    this.algorithm = "HmacSHA" + hash;
    this.provider = provider;
  }

  private Mac mac(byte[] key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(algorithm, provider);
    // no key is the same as one of zeros, which a key specification allows
    mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
    return mac;
  }

  /** HMAC. */
  public byte[] mac(byte[] key, byte[] message) {
    try {
      return mac(key).doFinal(message);
    } catch (GeneralSecurityException tested) {
      throw new IllegalStateException("HMAC passed its self-test and failed", tested);
    }
  }

  /** Section 2.2: the pseudorandom key, which the caller destroys. */
  public byte[] extract(byte[] salt, byte[] ikm) {
    return mac(salt, ikm);
  }

  /**
   * Section 2.3.
   *
   * @return so many octets, which the caller destroys
   * @throws IllegalArgumentException if these are more than 255 blocks
   */
  public byte[] expand(byte[] prk, byte[] info, int octets) {
    try {
      Mac mac = mac(prk);
      if (octets > MOST_BLOCKS * mac.getMacLength()) {
        throw new IllegalArgumentException("HKDF gives 255 blocks at most: octets=" + octets);
      }
      byte[] out = new byte[octets];
      byte[] block = new byte[0];
      for (int at = 0, i = 1; at < octets; at += block.length, i++) {
        mac.update(block);
        mac.update(info);
        mac.update((byte) i);
        Arrays.fill(block, (byte) 0);
        block = mac.doFinal();
        System.arraycopy(block, 0, out, at, Math.min(block.length, octets - at));
      }
      Arrays.fill(block, (byte) 0);
      return out;
    } catch (GeneralSecurityException tested) {
      throw new IllegalStateException("HMAC passed its self-test and failed", tested);
    }
  }
}
