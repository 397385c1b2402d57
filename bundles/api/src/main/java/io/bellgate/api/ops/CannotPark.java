package io.bellgate.api.ops;

/** A component cannot be parked now; it goes on serving. */
public final class CannotPark extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * States why.
   *
   * @param message the rule, the values, what an operator can do
   */
  public CannotPark(String message) {
    super(message);
  }
}
