package io.bellgate.launcher.json;

/**
 * Blanks {@code //} and {@code /* *}{@code /} comments outside strings, as chapter 159 allows in
 * feature files. Line numbers stay.
 */
final class Comments {
  private Comments() {}

  /** Comments become spaces; an unterminated block comment blanks the rest. */
  static String blank(String text) {
    StringBuilder out = new StringBuilder(text);
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '"') {
        i = endOfString(text, i + 1);
      } else if (text.startsWith("//", i)) {
        i = erase(out, i, end(text, "\n", i));
      } else if (text.startsWith("/*", i)) {
        i = erase(out, i, Math.min(text.length(), end(text, "*/", i + 2) + 2));
      } else {
        i++;
      }
    }
    return out.toString();
  }

  private static int endOfString(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) != '"' && text.charAt(i) != '\n') {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return i + 1;
  }

  private static int end(String text, String mark, int from) {
    int at = text.indexOf(mark, from);
    return at < 0 ? text.length() : at;
  }

  private static int erase(StringBuilder out, int from, int to) {
    for (int i = from; i < to; i++) {
      if (out.charAt(i) != '\n') {
        out.setCharAt(i, ' ');
      }
    }
    return to;
  }
}
