package io.bellgate.ops.node.state;

import java.util.Arrays;

/** What {@code bellgate nodes add} printed: lines {@code identity IDENTITY} and {@code key KEY}. */
public final class PrintedKey {
  private static final char[] IDENTITY = "identity ".toCharArray();
  private static final char[] KEY = "key ".toCharArray();

  private PrintedKey() {}

  /**
   * Reads it; other lines are passed over.
   *
   * @param octets wiped
   * @throws IllegalArgumentException if it is not that; never with what it is
   */
  public static NodeKey read(byte[] octets) {
    char[] text = StateText.characters(octets);
    try {
      int[] identity = line(text, IDENTITY);
      int[] key = line(text, KEY);
      return new NodeKey(
          new String(text, identity[0], identity[1] - identity[0]),
          StateText.secret(text, key[0], key[1]),
          0,
          0);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a key comes as `bellgate nodes add` prints it: a line `identity IDENTITY`, a line"
              + " `key` and 64 hexadecimal digits");
    } finally {
      Arrays.fill(text, ' ');
    }
  }

  /** Where the rest of the first line stands that begins so. */
  private static int[] line(char[] text, char[] begin) {
    int from = 0;
    for (int at = 0; at <= text.length; at++) {
      if (at == text.length || text[at] == '\n' || text[at] == '\r') {
        int rest = from + begin.length;
        if (rest < at && Arrays.equals(text, from, rest, begin, 0, begin.length)) {
          return new int[] {rest, at};
        }
        from = at + 1;
      }
    }
    throw new IllegalArgumentException("no such line");
  }
}
