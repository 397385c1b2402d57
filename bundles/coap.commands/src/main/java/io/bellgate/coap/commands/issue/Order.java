package io.bellgate.coap.commands.issue;

import io.bellgate.api.message.MessageId;
import io.bellgate.coap.commands.book.Command;
import io.bellgate.coap.commands.queue.Format;
import io.bellgate.coap.commands.queue.Queue;

/**
 * What an operator wants.
 *
 * @param node for which it is
 * @param resource of the node
 * @param dataClass how much it matters, as the configuration says
 * @param format of the payload
 * @param payload not changed by anybody
 * @param lifeSeconds until it expires
 */
public record Order(
    String node,
    String resource,
    String dataClass,
    Format format,
    byte[] payload,
    long lifeSeconds) {
  /** The longest life of a command: 30 days. */
  public static final long MOST_SECONDS = 30L * 86_400;

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException with code BG-CMD-007
   */
  public Order {
    if (!MessageId.isNode(node)
        || !Queue.isResource(resource)
        || payload.length > Command.MOST_OCTETS
        || lifeSeconds < 1
        || lifeSeconds > MOST_SECONDS) {
      throw new IllegalArgumentException(
          "BG-CMD-007 a command is for a node (1 to 64 of A-Z a-z 0-9 . _ -) and its resource (those"
              + " and /), has at most "
              + Command.MOST_OCTETS
              + " octets and 1 to "
              + MOST_SECONDS
              + " seconds: octets="
              + payload.length
              + " seconds="
              + lifeSeconds);
    }
  }
}
