package io.bellgate.oscore;

import java.util.Optional;
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
   * With what a request is protected.
   *
   * @param destination where it goes
   */
  Optional<SecurityContext> towards(EndpointContext destination);
}
