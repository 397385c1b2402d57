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

  /**
   * Who sent a request that was answered long ago: what is sent to it now has numbers of this end's
   * own.
   *
   * @param context under which the request came
   * @param kid of the request
   * @param partialIv of the request
   */
  public static OscorePeer ofEarlier(SecurityContext context, byte[] kid, byte[] partialIv) {
    OscorePeer peer = new OscorePeer(context, new RequestId(kid.clone(), partialIv.clone()));
    peer.takeNonce(); // whoever answered first may have used it
    return peer;
  }

  /** Sender ID in the request. */
  public byte[] kid() {
    return request.kid().clone();
  }

  /** Partial IV of the request. */
  public byte[] partialIv() {
    return request.partialIv().clone();
  }

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
