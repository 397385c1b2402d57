package io.bellgate.api.message;

import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identity of a message: deduplication goes by it, end to end.
 *
 * <p>What a gateway says itself, a command for instance, has a name that no node can have:
 * {@code @SITE.SERIES}, with a series of 16 hexadecimal digits that the gateway draws for each
 * store it counts in. So neither a node nor a store that was lost can use up its sequences.
 *
 * @param node who said it: 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}, or a gateway's name
 * @param sequence the speaker's own count, at least 0
 */
public record MessageId(String node, long sequence) {
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern GATEWAY = Pattern.compile("@([a-z0-9-]{1,40})\\.[0-9a-f]{16}");

  /**
   * Checks both.
   *
   * @param node as above
   * @param sequence as above
   * @throws IllegalArgumentException if either breaks its rule
   */
  public MessageId {
    Objects.requireNonNull(node, "node");
    if (!isNode(node) && !GATEWAY.matcher(node).matches()) {
      throw new IllegalArgumentException(
          "a node ID is 1 to 64 of A-Z a-z 0-9 . _ -: length=" + node.length());
    }
    if (sequence < 0) {
      throw new IllegalArgumentException("a sequence is at least 0: sequence=" + sequence);
    }
  }

  /**
   * The name under which a gateway speaks itself.
   *
   * @param site its site ID
   * @param series drawn at random for each store that it counts in
   * @return for {@link #node}
   */
  public static String gateway(String site, long series) {
    return "@" + site + "." + HexFormat.of().toHexDigits(series);
  }

  /**
   * Whether a node can have this name.
   *
   * @param name from outside
   * @return false for gateways' names, too
   */
  public static boolean isNode(String name) {
    return NODE.matcher(name).matches();
  }

  /**
   * The site whose gateway said it itself.
   *
   * @return empty if a node said it
   */
  public Optional<String> site() {
    Matcher gateway = GATEWAY.matcher(node);
    return gateway.matches() ? Optional.of(gateway.group(1)) : Optional.empty();
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
