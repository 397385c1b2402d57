package io.bellgate.api.qkd;

/** A channel failed in the middle of a block: there is no key of this block. */
public final class ChannelBroken extends Exception {
  private static final long serialVersionUID = 1L;

  /** How it failed. */
  public enum Reason {
    /** The channel was cut, or nothing came in time. */
    CUT,
    /** A tag is wrong: somebody changed what was said, or the ends hold different tag keys. */
    UNAUTHENTIC,
    /** A message of the peer breaks the protocol. */
    MALFORMED,
    /** No tag key is left: the two sites have to be paired again. */
    NO_TAG_KEY,
    /** The device of this end failed. */
    DEVICE
  }

  /** How it failed. */
  private final Reason reason;

  /**
   * States what failed.
   *
   * @param reason how
   * @param message the rule, the values, what an operator can do; never secret
   */
  public ChannelBroken(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * How it failed.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
