package io.bellgate.entropy.hub;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Hash_DRBG with SHA-256 (NIST SP 800-90A Rev. 1, 10.1.1), security strength 256 bits.
 *
 * <p>Own code, because the JDK's takes no entropy from outside and that of Bouncy Castle is four
 * times slower; a test compares it with the latter. Not thread safe.
 */
final class HashDrbg {
  /** Octets of one request, at most. */
  static final int MOST_OCTETS = 65_536;

  /** Octets of entropy and nonce to begin with: 3/2 of the security strength. */
  static final int SEED_ENTROPY_OCTETS = 48;

  private static final int SEED_OCTETS = 55;
  private static final int HASH_OCTETS = 32;

  private final MessageDigest sha256;
  private byte[] v;
  private byte[] c;
  private final byte[] counter = new byte[SEED_OCTETS];
  private final byte[] block = new byte[HASH_OCTETS];
  private long requests;

  /**
   * Instantiates.
   *
   * @param entropy at least {@link #SEED_ENTROPY_OCTETS} of full entropy, the nonce included
   * @param personalization of this instance; need not be secret
   */
  HashDrbg(byte[] entropy, byte[] personalization) {
    if (entropy.length < SEED_ENTROPY_OCTETS) {
      throw new IllegalArgumentException(
          "a generator is seeded with at least "
              + SEED_ENTROPY_OCTETS
              + " octets: octets="
              + entropy.length);
    }
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    seed(new byte[0], entropy, personalization);
  }

  /** Mixes fresh entropy in: what is generated afterwards does not follow from what was known. */
  void reseed(byte[] entropy, byte[] additional) {
    byte[] before = v;
    byte[] prefix = new byte[1 + SEED_OCTETS];
    prefix[0] = 1;
    System.arraycopy(before, 0, prefix, 1, SEED_OCTETS);
    seed(prefix, entropy, additional);
    Arrays.fill(before, (byte) 0);
    Arrays.fill(prefix, (byte) 0);
  }

  private void seed(byte[] prefix, byte[] entropy, byte[] further) {
    wipe(c);
    v = derive(prefix, entropy, further);
    c = derive(new byte[] {0}, v, new byte[0]);
    requests = 0;
  }

  /** Hash_df, 10.3.1, to the length of a seed. */
  private byte[] derive(byte[] first, byte[] second, byte[] third) {
    byte[] out = new byte[SEED_OCTETS];
    for (int at = 0, i = 1; at < SEED_OCTETS; at += HASH_OCTETS, i++) {
      sha256.update((byte) i);
      sha256.update(new byte[] {0, 0, SEED_OCTETS * 8 >> 8, (byte) (SEED_OCTETS * 8)});
      sha256.update(first);
      sha256.update(second);
      sha256.update(third);
      byte[] hash = sha256.digest();
      System.arraycopy(hash, 0, out, at, Math.min(HASH_OCTETS, SEED_OCTETS - at));
      Arrays.fill(hash, (byte) 0);
    }
    return out;
  }

  /** Requests since it was seeded last. */
  long requests() {
    return requests;
  }

  /**
   * Generates.
   *
   * @param out filled from {@code from}
   * @param octets at most {@link #MOST_OCTETS}
   */
  void generate(byte[] out, int from, int octets) {
    if (octets > MOST_OCTETS) {
      throw new IllegalArgumentException(
          "a request is at most " + MOST_OCTETS + " octets: octets=" + octets);
    }
    System.arraycopy(v, 0, counter, 0, SEED_OCTETS);
    for (int at = 0; at < octets; at += HASH_OCTETS) {
      hash(counter);
      System.arraycopy(block, 0, out, from + at, Math.min(HASH_OCTETS, octets - at));
      increment(counter);
    }
    sha256.update((byte) 3);
    hash(v);
    add(v, block);
    add(v, c);
    requests++;
    add(v, longOctets(requests));
    Arrays.fill(counter, (byte) 0);
    Arrays.fill(block, (byte) 0);
  }

  private void hash(byte[] input) {
    try {
      sha256.update(input);
      sha256.digest(block, 0, HASH_OCTETS);
    } catch (DigestException e) {
      throw new IllegalStateException("a SHA-256 hash has 32 octets", e);
    }
  }

  private static byte[] longOctets(long value) {
    return java.nio.ByteBuffer.allocate(8).putLong(value).array();
  }

  private static void increment(byte[] number) {
    for (int i = number.length - 1; i >= 0 && ++number[i] == 0; i--) {
      continue; // carry
    }
  }

  /** Adds the second number to the first, modulo its length. */
  private static void add(byte[] number, byte[] other) {
    int carry = 0;
    for (int i = number.length - 1, j = other.length - 1;
        i >= 0 && (j >= 0 || carry > 0);
        i--, j--) {
      carry += (number[i] & 0xff) + (j >= 0 ? other[j] & 0xff : 0);
      number[i] = (byte) carry;
      carry >>>= 8;
    }
  }

  /** Forgets its state; it must not be used again. */
  void destroy() {
    wipe(v);
    wipe(c);
    Arrays.fill(counter, (byte) 0);
  }

  private static void wipe(byte[] octets) {
    if (octets != null) {
      Arrays.fill(octets, (byte) 0);
    }
  }
}
