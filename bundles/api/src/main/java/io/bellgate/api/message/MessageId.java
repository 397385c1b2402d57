package io.bellgate.api.message;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Identity of a message: deduplication goes by it, end to end.
 *
 * @param node who said it: 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
 * @param sequence the node's own count, from the payload, at least 0
 */
public record MessageId(String node, long sequence) {
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /**
   * Checks both.
   *
   * @param node as above
   * @param sequence as above
   * @throws IllegalArgumentException if either breaks its rule
   */
  public MessageId {
    Objects.requireNonNull(node, "node");
    if (!NODE.matcher(node).matches()) {
      throw new IllegalArgumentException(
          "a node ID is 1 to 64 of A-Z a-z 0-9 . _ -: length=" + node.length());
    }
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence is at least 0: sequence=" + sequence);
    }
  }

  /**
   * The text form {@code NODE/SEQUENCE}.
   *
   * @return for logs and reports
   */
  @Override
  public String toString() {
    return node + "/" + sequence;
  }
}
