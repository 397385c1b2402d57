package io.bellgate.api.message;

import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** Where southbound bundles put what nodes say. Thread safe; never blocks. */
@ProviderType
public interface Intake {
  /**
   * Offers a message. Accepted means power-durable unless the site is configured otherwise; several
   * messages may share one write.
   *
   * @param message what the node said
   * @return what became of it; never exceptional
   */
  CompletionStage<Acceptance> offer(Message message);

  /** What became of an offered message. */
  sealed interface Acceptance {
    /** It is stored durably and will be delivered as the policy decided, or held. */
    record Accepted() implements Acceptance {}

    /** A message of that identity was accepted before; this one is dropped and that one stands. */
    record Duplicate() implements Acceptance {}

    /**
     * The policy or a rule of the gateway refuses it; asking again gives the same answer.
     *
     * @param code a stable code, for example {@code BG-ROUTE-001}
     * @param reason why, in words
     */
    record Refused(String code, String reason) implements Acceptance {}

    /**
     * Not now: the store is full or a swap is under way. Nothing was stored.
     *
     * @param seconds when to try again
     */
    record Busy(int seconds) implements Acceptance {}
  }
}
