package io.bellgate.coap.node.directory;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A web link (RFC 6690, 2).
 *
 * @param target a URI, or a path from the root
 * @param attributes in the order given, of one name at most one
 */
record Link(String target, List<Attribute> attributes) {
  /** RFC 6690, 2: their values are lists of words. */
  private static final Set<String> LISTS = Set.of("rt", "if", "rel", "rev", "ct");

  /**
   * A target attribute.
   *
   * @param name as given
   * @param value without quotes and escapes; empty for a flag
   * @param flag whether there is no value
   */
  record Attribute(String name, String value, boolean flag) {
    Attribute(String name, String value) {
      this(name, value, false);
    }

    /** RFC 6690, 4.1: equal, or of the same beginning if the criterion ends in *. */
    boolean matches(String criterion) {
      return LISTS.contains(name) && value.indexOf(' ') >= 0
          ? Arrays.stream(value.split(" ")).anyMatch(word -> matches(word, criterion))
          : matches(value, criterion);
    }

    static boolean matches(String value, String criterion) {
      return criterion.endsWith("*")
          ? value.startsWith(criterion.substring(0, criterion.length() - 1))
          : value.equals(criterion);
    }

    private void append(StringBuilder text) {
      text.append(';').append(name);
      if (flag) {
        return;
      }
      if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
        text.append('=').append(value);
      } else {
        text.append("=\"");
        value.chars().forEach(c -> text.append(c == '"' || c == '\\' ? "\\" : "").append((char) c));
        text.append('"');
      }
    }
  }

  Link {
    attributes = List.copyOf(attributes);
  }

  Optional<String> attribute(String name) {
    return attributes.stream().filter(a -> a.name().equals(name)).map(Attribute::value).findFirst();
  }

  /** In CoRE Link Format. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append('<').append(target).append('>');
    attributes.forEach(a -> a.append(text));
    return text.toString();
  }
}
