package io.bellgate.api.crypto;

/** An algorithm may not be used, and why. */
public final class NotAllowed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * States what may not be used.
   *
   * @param message with the code, the algorithm, why, and what to do
   */
  public NotAllowed(String message) {
    super(message);
  }
}
