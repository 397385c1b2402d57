package io.bellgate.api.node;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Observations (RFC 7641) of the parts of {@link NodeResource}s. Thread safe; never blocks. In the
 * gap of a swap nobody is told; the successor asks every observed resource once when it has begun,
 * so nothing is missed for good.
 */
@ProviderType
public interface Observations {
  /**
   * Says that what a node sees has changed: every observed path below {@code /NAME/NODE} is asked
   * again, and its observers are sent the answer.
   *
   * @param name of the resource
   * @param node whose part changed
   */
  void changed(String name, String node);
}
