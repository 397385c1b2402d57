package io.bellgate.api.qkd;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.RandomBits;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Information reconciliation: Bob's key becomes Alice's, by talking in public (whiteboard).
 * Registered with the service property {@link #NAME}. Stateless between blocks. It imports nothing
 * of a protocol. Whether the keys really are equal is verified by the caller.
 */
@ConsumerType
public interface Reconciler {
  /** Service property: the name that both ends agree on, for example {@code cascade}. */
  String NAME = "qkd.reconciler";

  /**
   * Runs its part; the other end runs the same reconciler in the other role. Neither sends a tag.
   *
   * @param role Alice's key stays, Bob's is corrected
   * @param key this end's key, at least 64 bits; the caller keeps and destroys it
   * @param qber the expected error rate, the same at both ends, in [0, 0.25]
   * @param channel the way to the other end
   * @param random for what is public: permutations and subsets, drawn afresh for every block
   * @return this end's key afterwards, and everything that was disclosed
   * @throws ChannelBroken if the channel failed, or the peer breaks the protocol
   * @throws InterruptedException if cancelled
   */
  Reconciliation reconcile(
      Role role, SecretBits key, double qber, ClassicalChannel channel, RandomBits random)
      throws ChannelBroken, InterruptedException;

  /**
   * A key after reconciliation, and its price.
   *
   * @param key a copy at Alice, corrected at Bob; the receiver owns and destroys it
   * @param aliceDisclosedBits bits that Alice's messages say about the key, counted one by one
   * @param bobDisclosedBits bits that Bob's messages say about the key or the errors
   * @param roundTrips question and answer count as one
   * @param correctedBits bits that Bob changed; at Alice -1
   */
  record Reconciliation(
      SecretBits key,
      long aliceDisclosedBits,
      long bobDisclosedBits,
      int roundTrips,
      int correctedBits) {}
}
