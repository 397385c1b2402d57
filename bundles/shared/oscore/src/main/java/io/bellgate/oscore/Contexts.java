package io.bellgate.oscore;

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
   * Begins to agree on a new context with somebody who has forgotten its sequence number (Appendix
   * B.2), after {@link #of} knew none.
   *
   * @param kid sender ID in the request
   * @param kidContext ID context in the request
   * @param random draws 8 random octets; empty while there are none
   * @return empty if this is not done here, or not now
   */
  default Optional<Offer> offer(byte[] kid, byte[] kidContext, Supplier<Optional<byte[]>> random) {
    return Optional.empty();
  }

  /**
   * What a request is answered that begins to agree on a new context.
   *
   * @param asked opens the request; destroyed by who asks for it
   * @param answer protects the answer; destroyed by who asks for it
   * @param kidContext of the answer
   */
  record Offer(SecurityContext asked, SecurityContext answer, byte[] kidContext) {}

  /** The first request under a context that {@link #of} made for an ID context is authentic. */
  default void confirm(SecurityContext context) {}
}
