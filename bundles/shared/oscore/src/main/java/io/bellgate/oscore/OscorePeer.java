package io.bellgate.oscore;

import java.security.Principal;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who sent a request that was protected by OSCORE; what its answers are bound to. */
public final class OscorePeer implements Principal {
  private final SecurityContext context;
  private final RequestId request;
  private final AtomicBoolean answered = new AtomicBoolean();

  OscorePeer(SecurityContext context, RequestId request) {
    this.context = context;
    this.request = request;
  }

  /**
   * What a request is told from all others by, in the associated data of it and of its answers.
   *
   * @param kid of who sent the request
   * @param partialIv of the request
   */
  record RequestId(byte[] kid, byte[] partialIv) {}

  @Override
  public String getName() {
    return context.name();
  }

  /** Under which it speaks. */
  public SecurityContext context() {
    return context;
  }

  RequestId request() {
    return request;
  }

  /** Whether the nonce of the request is still free for an answer: once. */
  boolean takeNonce() {
    return answered.compareAndSet(false, true);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OscorePeer peer && peer.getName().equals(getName());
  }

  @Override
  public int hashCode() {
    return getName().hashCode();
  }

  @Override
  public String toString() {
    return "oscore:" + getName();
  }
}
