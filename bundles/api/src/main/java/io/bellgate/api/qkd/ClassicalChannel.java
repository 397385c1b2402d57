package io.bellgate.api.qkd;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The public classical channel of one block. Everybody may read it; what was said is authenticated
 * with one-time keys, in as many steps as security needs.
 *
 * <p>Each direction has a transcript: every message, with its length, in order. {@link
 * #authenticate} sends a tag over all of this end's transcript since its last tag; {@link #verify}
 * receives and checks the peer's. A message that is received and not yet verified may be anybody's.
 * For one thread.
 */
@ProviderType
public interface ClassicalChannel {
  /** The most octets of a message: 4 MiB. */
  int MAX_MESSAGE_OCTETS = 4 << 20;

  /**
   * Says something. Does not wait for the peer to read it.
   *
   * @param message at most {@link #MAX_MESSAGE_OCTETS}; not changed afterwards
   * @throws ChannelBroken if the channel is cut
   * @throws InterruptedException if cancelled
   */
  void send(byte[] message) throws ChannelBroken, InterruptedException;

  /**
   * Waits for the peer's next message.
   *
   * @return not yet verified
   * @throws ChannelBroken if the channel is cut or nothing came in time
   * @throws InterruptedException if cancelled
   */
  byte[] receive() throws ChannelBroken, InterruptedException;

  /**
   * Sends a tag over everything said since the last one. Uses up one tag key, durably, before the
   * tag leaves.
   *
   * @throws ChannelBroken if the channel is cut, or no tag key is left
   * @throws InterruptedException if cancelled
   */
  void authenticate() throws ChannelBroken, InterruptedException;

  /**
   * Waits for the peer's tag over everything received since its last one, and checks it.
   *
   * @throws ChannelBroken with {@link ChannelBroken.Reason#UNAUTHENTIC} if it is wrong
   * @throws InterruptedException if cancelled
   */
  void verify() throws ChannelBroken, InterruptedException;
}
