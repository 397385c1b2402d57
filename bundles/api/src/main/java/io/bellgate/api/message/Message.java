package io.bellgate.api.message;

import java.time.Instant;
import java.util.Objects;

/**
 * One message of a node, as the gateway accepted it.
 *
 * @param id its identity
 * @param flow what it is
 * @param payload as the node sent it, at most {@link #MAX_PAYLOAD_OCTETS}; not changed by anybody
 * @param received when the gateway received it, by the gateway's clock
 */
public record Message(MessageId id, Flow flow, byte[] payload, Instant received) {
  /** The most octets of a payload: 16,384. */
  public static final int MAX_PAYLOAD_OCTETS = 16_384;

  /**
   * Checks the payload.
   *
   * @param id as above
   * @param flow as above
   * @param payload as above
   * @param received as above
   * @throws IllegalArgumentException if the payload is too large
   */
  public Message {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(flow, "flow");
    Objects.requireNonNull(received, "received");
    if (payload.length > MAX_PAYLOAD_OCTETS) {
      throw new IllegalArgumentException(
          "a payload has at most " + MAX_PAYLOAD_OCTETS + " octets: octets=" + payload.length);
    }
  }
}
