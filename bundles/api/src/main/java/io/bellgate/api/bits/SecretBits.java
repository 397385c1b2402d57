package io.bellgate.api.bits;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A secret string of bits with a known end of life, for raw, sifted and reconciled keys.
 *
 * <p>Bit i is bit {@code i & 63} (least significant first) of word {@code i >>> 6}; bits of the
 * last word beyond the length are zero. Words are copied in and lent out, on the terms of {@link
 * Secret}. Thread safe.
 */
public final class SecretBits implements AutoCloseable {
  private final long[] words;
  private final int length;
  private boolean destroyed;

  private SecretBits(long[] words, int length) {
    this.words = words;
    this.length = length;
  }

  /**
   * Takes an array over: copies it in and wipes the caller's array.
   *
   * @param words at least {@code length} bits; all zero afterwards; bits beyond the length are
   *     dropped
   * @param length bits, 0 to 64 times the words
   * @return a string that the caller owns
   * @throws IllegalArgumentException if the length is out of range
   */
  public static SecretBits absorb(long[] words, int length) {
    if (length < 0 || length > 64L * words.length) {
      throw new IllegalArgumentException(
          "bits lie in their words: length=" + length + " words=" + words.length);
    }
    long[] copy = Arrays.copyOf(words, (length + 63) >>> 6);
    if ((length & 63) != 0) {
      copy[copy.length - 1] &= (1L << (length & 63)) - 1;
    }
    Arrays.fill(words, 0);
    return new SecretBits(copy, length);
  }

  /**
   * The length.
   *
   * @return bits; known even after {@link #destroy}
   */
  public int length() {
    return length;
  }

  /**
   * Lends the words to a function. The function must not keep the array nor change it.
   *
   * @param <R> what the function makes of them
   * @param use called once, on this thread
   * @return what {@code use} returned
   * @throws IllegalStateException if the string is destroyed
   */
  public synchronized <R> R lend(Function<long[], R> use) {
    if (destroyed) {
      throw new IllegalStateException("a destroyed secret cannot be used: bits=" + length);
    }
    return use.apply(words);
  }

  /**
   * Lends the words to a consumer, on the terms of {@link #lend}.
   *
   * @param use called once, on this thread
   * @throws IllegalStateException if the string is destroyed
   */
  public void use(Consumer<long[]> use) {
    lend(
        w -> {
          use.accept(w);
          return null;
        });
  }

  /** Wipes the bits. Calling it again does nothing. */
  public synchronized void destroy() {
    destroyed = true;
    Arrays.fill(words, 0);
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  /**
   * Tells the length and nothing else.
   *
   * @return for logs
   */
  @Override
  public String toString() {
    return "SecretBits[" + length + " bits]";
  }
}
