package io.bellgate.api.ops;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A part of what {@code status} shows (whiteboard). Registered with the service property {@link
 * #SECTION}.
 */
@ConsumerType
public interface StatusSource {
  /** Service property: the heading. */
  String SECTION = "status.section";

  /**
   * The state now; does not block. A list of texts under the key {@code problems} is repeated by
   * {@code doctor}.
   *
   * @return values of {@code String}, {@code Number}, {@code Boolean}, or {@code List} and {@code
   *     Map} of those; units in the names; never secret
   */
  Map<String, Object> status();
}
