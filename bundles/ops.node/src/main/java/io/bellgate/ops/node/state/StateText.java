package io.bellgate.ops.node.state;

import io.bellgate.api.bits.Secret;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A state as lines of ASCII: a word and its values, separated by spaces.
 *
 * <pre>
 * bellgate-node 1
 * node pump-17
 * count 128
 * again 0
 * key IDENTITY GENERATION SEQUENCE KEY
 * next IDENTITY GENERATION SEQUENCE KEY
 * end
 * </pre>
 *
 * <p>Keys are hexadecimal digits. What is read and written is wiped but for the other words.
 */
final class StateText {
  private static final String FIRST = "bellgate-node 1";
  private static final String LAST = "end\n";

  private final char[] text;
  private NodeState state = NodeState.fresh("unknown");
  private int line;
  private boolean ended;

  private StateText(char[] text) {
    this.text = text;
  }

  /** The octets of a state, which the caller wipes. */
  static byte[] encode(NodeState state) {
    StringBuilder open = new StringBuilder(FIRST + "\n");
    open.append("node ").append(state.node()).append('\n');
    open.append("count ").append(state.count()).append('\n');
    open.append("again ").append(state.againSeconds()).append('\n');
    byte[] head = open.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] key = state.key().map(k -> encode("key", k)).orElse(new byte[0]);
    byte[] next = state.next().map(k -> encode("next", k)).orElse(new byte[0]);
    byte[] all =
        ByteBuffer.allocate(head.length + key.length + next.length + LAST.length())
            .put(head)
            .put(key)
            .put(next)
            .put(LAST.getBytes(StandardCharsets.US_ASCII))
            .array();
    Arrays.fill(key, (byte) 0);
    Arrays.fill(next, (byte) 0);
    return all;
  }

  private static byte[] encode(String word, NodeKey key) {
    String open = word + " " + key.identity() + " " + key.generation() + " " + key.sequence() + " ";
    byte[] head = open.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(head.length + 2 * key.secret().length() + 1).put(head);
    key.secret()
        .use(
            octets -> {
              for (byte octet : octets) {
                out.put((byte) Character.forDigit(octet >> 4 & 0xf, 16));
                out.put((byte) Character.forDigit(octet & 0xf, 16));
              }
            });
    return out.put((byte) '\n').array();
  }

  /**
   * Reads a state.
   *
   * @param octets wiped
   * @throws IllegalArgumentException with the number of the line that is wrong
   */
  static NodeState decode(byte[] octets) {
    char[] text = characters(octets);
    StateText reading = new StateText(text);
    try {
      reading.read();
      return reading.state;
    } catch (RuntimeException e) {
      reading.state.key().ifPresent(k -> k.secret().destroy());
      reading.state.next().ifPresent(k -> k.secret().destroy());
      throw new IllegalArgumentException("line=" + reading.line, e);
    } finally {
      Arrays.fill(text, ' ');
    }
  }

  /** The characters of what may be secret; both are to be wiped, the octets are already. */
  static char[] characters(byte[] octets) {
    CharBuffer decoded = StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(octets));
    char[] text = new char[decoded.remaining()];
    decoded.get(text);
    Arrays.fill(decoded.array(), ' ');
    Arrays.fill(octets, (byte) 0);
    return text;
  }

  private void read() {
    int from = 0;
    for (int at = 0; at < text.length; at++) {
      if (text[at] == '\n') {
        line++;
        take(from, at);
        from = at + 1;
      }
    }
    require(from == text.length && ended && line > 4);
  }

  private void take(int from, int to) {
    require(!ended);
    int secret = to;
    while (secret > from && text[secret - 1] != ' ') {
      secret--;
    }
    String word = new String(text, from, Math.max(0, secret - 1 - from));
    if (word.startsWith("key ") || word.startsWith("next ")) {
      key(word.split(" "), secret, to);
      return;
    }
    String value = new String(text, secret, to - secret);
    switch (line) {
      case 1 -> require((word + " " + value).equals(FIRST));
      case 2 -> state = NodeState.fresh(of("node", word, value));
      case 3 -> state = state.withCount(Long.parseLong(of("count", word, value)));
      case 4 ->
          state =
              new NodeState(
                  state.node(),
                  Optional.empty(),
                  Optional.empty(),
                  state.count(),
                  Long.parseLong(of("again", word, value)));
      default -> {
        require((value + "\n").equals(LAST) && word.isEmpty());
        ended = true;
      }
    }
  }

  private void key(String[] words, int from, int to) {
    boolean first = words[0].equals("key");
    require(line > 4 && words.length == 4);
    require(first ? state.key().isEmpty() : state.key().isPresent() && state.next().isEmpty());
    int generation = Integer.parseInt(words[2]);
    long sequence = Long.parseLong(words[3]);
    NodeKey key = new NodeKey(words[1], secret(text, from, to), generation, sequence);
    state = first ? state.under(key, state.againSeconds()) : state.maybe(key);
  }

  /** A key in hexadecimal digits. */
  static Secret secret(char[] text, int from, int to) {
    return Secret.absorb(HexFormat.of().parseHex(text, from, to));
  }

  private static String of(String wanted, String word, String value) {
    require(word.equals(wanted));
    return value;
  }

  private static void require(boolean fine) {
    if (!fine) {
      throw new IllegalArgumentException("not what belongs here");
    }
  }
}
