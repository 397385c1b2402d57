package io.bellgate.launcher.bundle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One clause of a manifest header (OSGi Core 8, section 1.3.2).
 *
 * @param path what comes first: a name or a namespace
 * @param attributes {@code name=value}, types removed from the names
 * @param directives {@code name:=value}
 */
public record Clause(String path, Map<String, String> attributes, Map<String, String> directives) {
  public Clause {
    attributes = Map.copyOf(attributes);
    directives = Map.copyOf(directives);
  }

  /** The clauses of a header; none for {@code null}, as a manifest gives for an absent one. */
  public static List<Clause> parse(String header) {
    List<Clause> out = new ArrayList<>();
    for (String clause : split(header == null ? "" : header, ',')) {
      List<String> parts = split(clause, ';');
      if (!parts.isEmpty()) {
        out.add(clause(parts));
      }
    }
    return out;
  }

  private static Clause clause(List<String> parts) {
    Map<String, String> attributes = new LinkedHashMap<>();
    Map<String, String> directives = new LinkedHashMap<>();
    for (String part : parts.subList(1, parts.size())) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        String name = part.substring(0, equals).strip();
        String value = unquote(part.substring(equals + 1).strip());
        if (name.endsWith(":")) {
          directives.put(name.substring(0, name.length() - 1).strip(), value);
        } else {
          attributes.put(name.split(":", 2)[0].strip(), value);
        }
      }
    }
    return new Clause(parts.get(0).strip(), attributes, directives);
  }

  private static String unquote(String text) {
    if (text.length() < 2 || text.charAt(0) != '"' || !text.endsWith("\"")) {
      return text;
    }
    return text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1");
  }

  /** Splits outside quotation marks; empty parts are left out. */
  private static List<String> split(String text, char separator) {
    List<String> out = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quoted && i + 1 < text.length()) {
        part.append(c).append(text.charAt(++i));
      } else if (c == separator && !quoted) {
        add(out, part);
      } else {
        quoted ^= c == '"';
        part.append(c);
      }
    }
    add(out, part);
    return out;
  }

  private static void add(List<String> out, StringBuilder part) {
    if (!part.toString().isBlank()) {
      out.add(part.toString().strip());
    }
    part.setLength(0);
  }
}
