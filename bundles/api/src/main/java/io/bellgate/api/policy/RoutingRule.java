package io.bellgate.api.policy;

import io.bellgate.api.message.Flow;
import java.time.Instant;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A rule that needs more than a filter (whiteboard). Registered with the service property {@link
 * #NAME}; the rule set names the place where it is asked, with {@code plugin NAME}.
 */
@ConsumerType
public interface RoutingRule {
  /** Service property: the name that the rule set uses. */
  String NAME = "rule";

  /**
   * Decides, or leaves it to the rules below. A pure function; never blocks.
   *
   * @param flow what the message is
   * @param state what the gateway can do now
   * @param time now, by the gateway's clock
   * @return empty to leave it to the next rule
   */
  Optional<Decision> decide(Flow flow, Snapshot state, Instant time);
}
