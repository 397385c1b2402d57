package io.bellgate.api.ops;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where parked state waits for a successor. In memory only: after a crash there is nothing, which
 * means a cold start. Thread safe.
 */
@ProviderType
public interface Depot {
  /**
   * The state that a predecessor left. It stays in the depot until the swap engine is done, so that
   * a version that fails leaves it for the next.
   *
   * @param component the symbolic name of the claiming bundle
   * @return a copy that the caller owns and destroys; empty means a cold start
   */
  Optional<Parked> claim(String component);
}
