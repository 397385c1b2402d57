package io.bellgate.qkd.cascade;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Random bits that both ends expand from one public seed, the same on every Java platform: the key
 * stream of AES-256 in counter mode (NIST SP 800-38A, section 6.5) with the seed as key and a
 * counter from zero, read as big-endian words. Nothing here is secret. For one thread.
 */
final class PublicBits {
  static final int SEED_OCTETS = 32;
  private static final byte[] ZEROS = new byte[4096];

  private final Cipher aes;
  private final byte[] stream = new byte[ZEROS.length];
  private final ByteBuffer unread = ByteBuffer.wrap(stream).position(stream.length);

  PublicBits(byte[] seed) {
    try {
      aes = Cipher.getInstance("AES/CTR/NoPadding");
      aes.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(seed, "AES"), new IvParameterSpec(new byte[16]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a Java platform has AES in counter mode", e);
    }
  }

  private ByteBuffer atLeast(int octets) {
    if (unread.remaining() < octets) {
      try {
        aes.update(ZEROS, 0, ZEROS.length, stream);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("a key stream is as long as what it covers", e);
      }
      unread.rewind();
    }
    return unread;
  }

  /** The next 32 bits; after a mixture of word lengths some bits at a buffer's end are skipped. */
  int nextInt() {
    return atLeast(Integer.BYTES).getInt();
  }

  long nextLong() {
    return atLeast(Long.BYTES).getLong();
  }

  /**
   * Uniform over [0, bound), exactly: Lemire, <i>Fast random integer generation in an interval</i>,
   * arXiv 1805.10941, algorithm 5.
   */
  int below(int bound) {
    long product = (nextInt() & 0xffff_ffffL) * bound;
    if ((product & 0xffff_ffffL) < bound) {
      long least = Integer.remainderUnsigned(-bound, bound);
      while ((product & 0xffff_ffffL) < least) {
        product = (nextInt() & 0xffff_ffffL) * bound;
      }
    }
    return (int) (product >>> 32);
  }
}
