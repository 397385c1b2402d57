package io.bellgate.entropy.remote.feed;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Sees an answer that begins as the one before: a cache between, or a generator that was started
 * anew with the same seed. By chance that happens once in 2^128 answers.
 */
public final class Repeats {
  /** How much of an answer is looked at; of a shorter one nothing. */
  static final int OCTETS = 16;

  private byte[] before = new byte[0];

  /** Made before the first answer. */
  public Repeats() {}

  /**
   * Looks at an answer.
   *
   * @param answer kept as a digest only
   * @throws IOException with BG-ENTROPY-053 if it repeats the one before
   */
  public synchronized void check(byte[] answer) throws IOException {
    if (answer.length < OCTETS) {
      return;
    }
    byte[] now = digest(answer);
    boolean again = Arrays.equals(now, before);
    before = now;
    if (again) {
      throw new IOException(
          "BG-ENTROPY-053 an answer repeats the one before: octets="
              + answer.length
              + "; look for a cache on the way, or a generator without noise");
    }
  }

  private static byte[] digest(byte[] answer) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(answer, 0, OCTETS);
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is in every JDK", e);
    }
  }
}
