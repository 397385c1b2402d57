package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keys of nodes as lines {@code NODE,IDENTITY,KEY[,GENERATION[,UNTIL]]}: the identity is what the
 * node sends in clear text, the key 16 to 64 octets in hexadecimal digits, UNTIL the second since
 * the epoch from which on it is not accepted, 0 for none. A line {@code #: SINCE ORIGIN} says of
 * the line after it since when the key is here and where it comes from; a version that does not
 * know it skips it like every comment. Stateless; keys do not become text.
 */
final class KeyLines {
  /** A line that names its columns is not a node. */
  static final String HEADER = "node,identity,key";

  static final int MOST_NODES = 100_000;
  private static final int MOST_DIGITS = 12;
  private static final String PROVENANCE = "#: ";

  private KeyLines() {}

  /**
   * Where a line is, without its end.
   *
   * @param number from 1
   */
  record Line(byte[] content, int from, int to, int number) {
    boolean empty() {
      return from == to;
    }

    /** The part that is not secret in any line: its beginning, up to the second comma. */
    String start(int most) {
      return new String(content, from, Math.min(to - from, most), StandardCharsets.UTF_8);
    }

    IllegalArgumentException wrong(String why) {
      return new IllegalArgumentException("BG-NODE-002 line " + number + ": " + why);
    }
  }

  /** Is given lines. */
  interface Reader {
    void line(Line line);
  }

  /** Cuts content into lines, which end with LF or CR LF. */
  static void each(byte[] content, Reader reader) {
    int number = 0;
    for (int at = 0; at < content.length; ) {
      int end = at;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      number++;
      int last = end > at && content[end - 1] == '\r' ? end - 1 : end;
      reader.line(new Line(content, at, last, number));
      at = end + 1;
    }
  }

  /**
   * Reads lines; no identity comes twice.
   *
   * @throws IllegalArgumentException with BG-NODE-002 and the number of the line; without keys
   */
  static Map<String, NodeKey> parse(byte[] content) {
    return parse(content, false);
  }

  /** The same, and no node comes twice. */
  static Map<String, NodeKey> parseOneEach(byte[] content) {
    return parse(content, true);
  }

  private static Map<String, NodeKey> parse(byte[] content, boolean oneEach) {
    Map<String, NodeKey> keys = new TreeMap<>();
    Set<String> nodes = new HashSet<>();
    String[] provenance = {""};
    try {
      each(
          content,
          line -> {
            if (!line.empty() && content[line.from()] == '#') {
              provenance[0] = line.start(1_000);
              return;
            }
            key(line).ifPresent(k -> put(keys, nodes, described(k, provenance[0]), oneEach, line));
            provenance[0] = "";
          });
      return keys;
    } catch (IllegalArgumentException wrong) {
      keys.values().forEach(k -> k.key().destroy());
      throw wrong;
    }
  }

  /** Adds one, or destroys it and says what it repeats. */
  static void put(
      Map<String, NodeKey> keys, Set<String> nodes, NodeKey key, boolean oneEach, Line line) {
    boolean newNode = nodes.add(key.node());
    String why =
        keys.containsKey(key.identity())
            ? "an identity comes once: identity=" + key.identity()
            : oneEach && !newNode
                ? "a node comes once: node=" + key.node()
                : keys.size() == MOST_NODES ? "there are at most " + MOST_NODES + " nodes" : "";
    if (!why.isEmpty()) {
      key.key().destroy();
      throw line.wrong(why);
    }
    keys.put(key.identity(), key);
  }

  private static NodeKey described(NodeKey key, String comment) {
    String[] words = comment.split(" ", 3);
    return comment.startsWith(PROVENANCE)
            && words.length == 3
            && words[1].matches("[0-9]{1," + MOST_DIGITS + "}")
        ? key.made(words[2], Long.parseLong(words[1]))
        : key;
  }

  private static Optional<NodeKey> key(Line line) {
    byte[] content = line.content();
    int from = line.from();
    long[] numbers = new long[2];
    int count = 0;
    int to = line.to();
    for (int at = number(content, from, to); at >= 0 && count < 2; at = number(content, from, to)) {
      numbers[count++] =
          Long.parseLong(new String(content, at + 1, to - at - 1, StandardCharsets.US_ASCII));
      to = at;
    }
    int second = -1;
    int first = -1;
    for (int i = from; i < to; i++) {
      if (content[i] == ',') {
        first = first < 0 ? i : first;
        second = i;
      }
    }
    if (from == to || line.start(40).startsWith(HEADER)) {
      return Optional.empty();
    }
    if (first < 0 || second == first) {
      throw line.wrong("a line is NODE,IDENTITY,KEY[,GENERATION[,UNTIL]]");
    }
    String node = new String(content, from, first - from, StandardCharsets.UTF_8);
    String identity = new String(content, first + 1, second - first - 1, StandardCharsets.UTF_8);
    long generation = count == 0 ? 1 : numbers[count - 1];
    long until = count == 2 ? numbers[0] : 0;
    check(line, node, identity, generation);
    Secret key = secret(line, second + 1, to);
    return Optional.of(
        new NodeKey(node, identity, key, (int) generation, until, NodeKey.UNKNOWN, 0));
  }

  /** The rules for what is not secret. */
  static void check(Line line, String node, String identity, long generation) {
    if (!node.matches(NodeProfile.NODE) || !identity.matches("[!-~]{1,64}")) {
      throw line.wrong("a node has 1 to 64 letters, digits, . _ -; an identity no spaces");
    }
    if (generation < 1 || generation > Integer.MAX_VALUE) {
      throw line.wrong("a generation is a number of at least 1");
    }
  }

  /** Where the comma before a short number at the end is, which no key is; -1 if there is none. */
  private static int number(byte[] content, int from, int to) {
    int at = to - 1;
    while (at > from && content[at] >= '0' && content[at] <= '9') {
      at--;
    }
    int digits = to - 1 - at;
    return at > from && content[at] == ',' && digits >= 1 && digits <= MOST_DIGITS ? at : -1;
  }

  /** The key in a part of a line. */
  static Secret secret(Line line, int from, int to) {
    int digits = to - from;
    if (digits < 32 || digits > 128 || digits % 2 != 0) {
      throw line.wrong("a key has 16 to 64 octets, two hexadecimal digits each");
    }
    byte[] key = new byte[digits / 2];
    for (int i = 0; i < digits; i++) {
      int value = Character.digit(line.content()[from + i], 16);
      if (value < 0) {
        Arrays.fill(key, (byte) 0);
        throw line.wrong("a key has hexadecimal digits");
      }
      key[i / 2] = (byte) (key[i / 2] << 4 | value);
    }
    return Secret.absorb(key);
  }

  /** The line of a key and the one before it, which its caller wipes. */
  static byte[] line(NodeKey key) {
    String provenance =
        key.sinceSeconds() == 0
            ? ""
            : PROVENANCE + key.sinceSeconds() + " " + key.origin().replaceAll("\\s+", " ") + "\n";
    String numbers =
        key.generation() == 1 && key.untilSeconds() == 0
            ? ""
            : "," + key.generation() + "," + key.untilSeconds();
    return key.key()
        .lend(
            octets ->
                (provenance
                        + key.node()
                        + ","
                        + key.identity()
                        + ","
                        + HexFormat.of().formatHex(octets)
                        + numbers
                        + "\n")
                    .getBytes(StandardCharsets.UTF_8));
  }
}
