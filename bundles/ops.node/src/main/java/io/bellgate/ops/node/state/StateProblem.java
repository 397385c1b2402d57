package io.bellgate.ops.node.state;

/** The state of a node is not there, in use, open to others, or cannot be read. */
public final class StateProblem extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * States what is wrong.
   *
   * @param message code, rule, values, what to do
   */
  public StateProblem(String message) {
    super(message);
  }
}
