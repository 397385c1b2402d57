package io.bellgate.oscore;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.californium.elements.EndpointContext;

/** The security contexts of an endpoint. Thread safe, and quick: asked for each message. */
public interface Contexts {
  /**
   * Of whom a request comes.
   *
   * @param kid sender ID in the request
   * @param kidContext ID context in the request
   */
  Optional<SecurityContext> of(byte[] kid, Optional<byte[]> kidContext);

  /**
   * Under which a request came some time ago, if it is still in use.
   *
   * @param kid sender ID in the request
   * @param idContext of the context itself
   */
  default Optional<SecurityContext> earlier(byte[] kid, Optional<byte[]> idContext) {
    return idContext.isPresent() ? Optional.empty() : of(kid, Optional.empty());
  }

  /**
   * With what a request is protected.
   *
   * @param destination where it goes
   */
  Optional<SecurityContext> towards(EndpointContext destination);

  /**
   * Those that came after one, in their order: the other end may protect notifications under one of
   * them.
   */
  default List<SecurityContext> after(SecurityContext context) {
    return List.of();
  }

  /**
   * Opens a request that begins to agree on a new context, of somebody who has forgotten its
   * sequence number (Appendix B.2); asked after {@link #of} knew none.
   *
   * @param kid sender ID in the request
   * @param kidContext ID context in the request
   * @return destroyed by who asks for it; empty if this is not done here
   */
  default Optional<SecurityContext> asked(byte[] kid, byte[] kidContext) {
    return Optional.empty();
  }

  /**
   * The answer to such a request, once it is authentic.
   *
   * @param kid sender ID in the request
   * @param kidContext ID context in the request
   * @param random draws 8 random octets; empty while there are none
   * @return empty if not now
   */
  default Optional<Offer> offer(byte[] kid, byte[] kidContext, Supplier<Optional<byte[]>> random) {
    return Optional.empty();
  }

  /**
   * What such a request is answered.
   *
   * @param context protects the answer; destroyed by who asks for it
   * @param kidContext of the answer
   */
  record Offer(SecurityContext context, byte[] kidContext) {}

  /** The first request under a context that {@link #of} made for an ID context is authentic. */
  default void confirm(SecurityContext context) {}
}
