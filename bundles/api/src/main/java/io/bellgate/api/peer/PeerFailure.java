package io.bellgate.api.peer;

/** A request or a stream did not succeed. */
public final class PeerFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The session ended: the other end may or may not have handled the request. */
    DISCONNECTED,
    /** The other end has no such service right now; the request was not handled. */
    NO_SERVICE,
    /** The service said no; the request was handled. */
    REFUSED
  }

  /** Why it failed. */
  private final Reason reason;

  /**
   * States what failed.
   *
   * @param reason why
   * @param message without secrets: the peer may see it
   */
  public PeerFailure(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * Why it failed.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
