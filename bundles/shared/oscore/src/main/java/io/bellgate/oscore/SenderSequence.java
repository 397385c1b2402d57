package io.bellgate.oscore;

/**
 * Where sequence numbers of a sender come from. A number is given out once for a security context,
 * over restarts too: with a number used twice AES-CCM protects neither message.
 */
public interface SenderSequence {
  /** The most that a partial IV can say: 2^40 - 1. */
  long MOST = (1L << 40) - 1;

  /**
   * The next number.
   *
   * @throws IllegalStateException if none is left, or it cannot be made sure that it is new
   */
  long next();
}
