package io.bellgate.api.node;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A request of a node.
 *
 * @param node which speaks, and whose part of the resource it is
 * @param ingress how it reached the gateway: {@code none} (then nothing proves who speaks), {@code
 *     DTLS-PSK} or {@code OSCORE}
 * @param method what it wants
 * @param path below {@code /NAME/NODE}; empty for that itself
 * @param query in order
 * @param format content format of the payload (RFC 7252, section 12.3), if it is said
 * @param payload as the node sent it; not changed by anybody
 * @param accept content format that the node wants, if it says so
 */
public record Ask(
    String node,
    String ingress,
    Method method,
    List<String> path,
    List<String> query,
    OptionalInt format,
    byte[] payload,
    OptionalInt accept) {
  /** Methods of RFC 7252. An observation (RFC 7641) is a GET, repeated when something changed. */
  public enum Method {
    /** Reads. */
    GET,
    /** Says. */
    POST,
    /** Replaces. */
    PUT,
    /** Removes. */
    DELETE
  }

  /**
   * Copies the lists, checks the formats.
   *
   * @param node as above
   * @param ingress as above
   * @param method as above
   * @param path as above
   * @param query as above
   * @param format as above
   * @param payload as above
   * @param accept as above
   * @throws NullPointerException if anything is null
   * @throws IllegalArgumentException if a content format is not 0 to 65,535
   */
  public Ask {
    Objects.requireNonNull(node, "node");
    Objects.requireNonNull(ingress, "ingress");
    Objects.requireNonNull(method, "method");
    path = List.copyOf(path);
    query = List.copyOf(query);
    Answer.requireFormat(format);
    Objects.requireNonNull(payload, "payload");
    Answer.requireFormat(accept);
  }
}
