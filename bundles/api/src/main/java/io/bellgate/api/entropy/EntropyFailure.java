package io.bellgate.api.entropy;

/** No random bits can be had: the noise source failed. Whoever catches it makes no secret. */
public final class EntropyFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * States what failed.
   *
   * @param message the rule, the values, what an operator can do
   */
  public EntropyFailure(String message) {
    super(message);
  }
}
