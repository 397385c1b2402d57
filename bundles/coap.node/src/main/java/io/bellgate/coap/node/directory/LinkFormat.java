package io.bellgate.coap.node.directory;

import io.bellgate.coap.node.directory.Link.Attribute;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads CoRE Link Format (RFC 6690, 2) in the limited form that a directory takes (RFC 9176,
 * appendix C): targets and anchors are URIs or paths from the root. Spaces and line ends are taken
 * around the separators, as in RFC 8288, and nothing else that the grammar has not. (The library's
 * reader ends silently where it understands no more.)
 */
final class LinkFormat {
  /** Of one document: 64. */
  static final int MOST_LINKS = 64;

  /** Of one link: 16. */
  static final int MOST_ATTRIBUTES = 16;

  private static final String NAME_MARKS = "!#$&+-.^_`|~";
  private static final String TOKEN_MARKS = "!#$%&'()*+-./:<=>?@[]^_`{|}~";

  private final String text;
  private int at;

  private LinkFormat(String text) {
    this.text = text;
  }

  /**
   * Reads a document.
   *
   * @throws Refused if it is not one, or has too many links or attributes
   */
  static List<Link> read(String text) {
    LinkFormat in = new LinkFormat(text);
    List<Link> links = new ArrayList<>();
    in.space();
    while (in.more()) {
      if (links.size() == MOST_LINKS) {
        throw Refused.large("a registration has at most " + MOST_LINKS + " links");
      }
      links.add(in.link());
      in.space();
      if (in.more()) {
        in.expect(',');
        in.space();
        if (!in.more()) {
          throw Refused.malformed("a link follows a comma");
        }
      }
    }
    return links;
  }

  private boolean more() {
    return at < text.length();
  }

  private char next() {
    if (!more()) {
      throw Refused.malformed("a link is complete (RFC 6690, 2)");
    }
    return text.charAt(at++);
  }

  private void expect(char expected) {
    if (next() != expected) {
      throw Refused.malformed("links are <URI>;name=value,... (RFC 6690, 2): missing=" + expected);
    }
  }

  private void space() {
    while (more() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean skip(char wanted) {
    boolean there = more() && text.charAt(at) == wanted;
    at += there ? 1 : 0;
    return there;
  }

  private Link link() {
    expect('<');
    int end = text.indexOf('>', at);
    if (end < 0) {
      throw Refused.malformed("a link is complete (RFC 6690, 2)");
    }
    String target = reference(text.substring(at, end));
    at = end + 1;
    List<Attribute> attributes = new ArrayList<>();
    for (space(); skip(';'); space()) {
      space();
      Attribute attribute = attribute();
      if (attributes.stream().anyMatch(a -> a.name().equals(attribute.name()))
          || attribute.name().equals("href")) {
        throw Refused.malformed("a link has an attribute once, and none `href`");
      }
      if (attributes.size() == MOST_ATTRIBUTES) {
        throw Refused.large("a link has at most " + MOST_ATTRIBUTES + " attributes");
      }
      attributes.add(attribute);
    }
    return new Link(target, attributes);
  }

  private Attribute attribute() {
    int start = at;
    while (more() && isName(text.charAt(at))) {
      at++;
    }
    skip('*');
    String name = text.substring(start, at);
    if (!name(name)) {
      throw Refused.malformed("an attribute has a name (RFC 6690, 2)");
    }
    if (!skip('=')) {
      if (name.equals("anchor")) {
        throw Refused.malformed("an anchor has a value");
      }
      return new Attribute(name, "", true);
    }
    String value = skip('"') ? quoted() : token();
    return new Attribute(name, name.equals("anchor") ? reference(value) : value);
  }

  private String token() {
    int start = at;
    while (more() && is(text.charAt(at), TOKEN_MARKS)) {
      at++;
    }
    if (at == start) {
      throw Refused.malformed("a value has characters, or quotes (RFC 6690, 2)");
    }
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      char plain = c == '\\' ? next() : c;
      if (control(plain)) {
        throw Refused.malformed("a value has no control characters");
      }
      value.append(plain);
    }
    return value.toString();
  }

  /** The C0 and C1 ranges, which RFC 9176, 5 excludes from names. */
  static boolean control(int c) {
    return c < 32 || c >= 127 && c < 160;
  }

  /** Whether a text is the name of an attribute. */
  static boolean name(String text) {
    int end = text.endsWith("*") ? text.length() - 1 : text.length();
    return end > 0 && text.chars().limit(end).allMatch(LinkFormat::isName);
  }

  private static boolean isName(int c) {
    return is(c, NAME_MARKS);
  }

  private static boolean is(int c, String marks) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || marks.indexOf(c) >= 0;
  }

  /** A URI, or a path from the root, in ASCII. */
  private static String reference(String text) {
    try {
      URI uri = new URI(text);
      boolean path = text.startsWith("/") && !text.startsWith("//");
      if ((uri.isAbsolute() || path) && text.chars().allMatch(c -> c > 32 && c < 127)) {
        return text;
      }
    } catch (URISyntaxException e) {
      // is refused as the others are
    }
    throw Refused.malformed(
        "targets and anchors are URIs or paths from the root (RFC 9176, appendix C)");
  }
}
