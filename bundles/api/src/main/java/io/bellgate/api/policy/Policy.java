package io.bellgate.api.policy;

import io.bellgate.api.message.Flow;
import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/** Decides what protects which flow: a pure function. Thread safe; never blocks. */
@ProviderType
public interface Policy {
  /**
   * Decides.
   *
   * @param flow what the message is
   * @param state what the gateway can do now
   * @param time now, by the gateway's clock
   * @return always a decision: what matches no rule is refused with that reason
   */
  Decision decide(Flow flow, Snapshot state, Instant time);

  /**
   * Names the rule set: changes whenever a rule or the mechanism that evaluates them changes. A
   * change raises the policy epoch.
   *
   * @return a short text, the same for the same rules
   */
  String ruleSet();
}
