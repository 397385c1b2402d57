package io.bellgate.api.qkd;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A quantum protocol: prepare and measure, sift, estimate (whiteboard). Registered with the service
 * property {@link #NAME}. Stateless between blocks, so that it can be swapped between any two. It
 * imports nothing of post-processing.
 */
@ConsumerType
public interface QkdProtocol {
  /** Service property: the name that both ends agree on, for example {@code bb84}. */
  String NAME = "qkd.protocol";

  /**
   * Runs its part of one block; the other end runs the same protocol in the other role. Blocks for
   * the time the pulses take. Both ends come to the same kind of result unless the channel breaks.
   *
   * <p>Order, which security rests on: the last pulse has been detected before a basis is
   * announced; Bob's positions and bases are authenticated and verified before Alice reveals
   * anything. What is said afterwards is authenticated by the caller before a key is used.
   *
   * @param block what to run, and with what
   * @return a sifted key with a bound on what an eavesdropper can know of it, or why there is none
   * @throws ChannelBroken if a channel failed: there is no key
   * @throws InterruptedException if cancelled
   */
  Sifting run(Block block) throws ChannelBroken, InterruptedException;
}
