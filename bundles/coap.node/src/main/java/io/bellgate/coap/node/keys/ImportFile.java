package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import io.bellgate.coap.node.keys.KeyLines.Line;
import io.bellgate.coap.node.keys.NodeKeys.NodeKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file of nodes that somebody brings. If its first line begins with {@code node,}, it names the
 * columns, in any order: {@code node, identity, key, generation, class, level, resources, tags};
 * without {@code identity} and {@code key} it says something of nodes that have their keys.
 * Otherwise lines are as in the file of keys. A node comes once, and so does an identity.
 *
 * @param keys by identity; who takes them over destroys them
 * @param profiles by node; only of nodes of which the file says something
 * @param columns what it says something about
 */
record ImportFile(
    Map<String, NodeKey> keys, Map<String, NodeProfile> profiles, Set<String> columns) {
  private static final List<String> OF_KEYS = List.of("identity", "key", "generation");
  private static final List<String> OF_PROFILES = List.of("class", "level", "resources", "tags");

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with BG-NODE-002 and the number of the line; without keys
   */
  static ImportFile read(byte[] content) {
    int end = 0;
    while (end < content.length && content[end] != '\n') {
      end++;
    }
    String first = new String(content, 0, Math.min(end, 200), StandardCharsets.UTF_8).strip();
    if (!first.startsWith("node,") || first.equals(KeyLines.HEADER)) {
      return new ImportFile(KeyLines.parseOneEach(content), Map.of(), Set.of());
    }
    return new Named(List.of(first.split(",", -1))).read(content);
  }

  /** What is said of a node afterwards: columns that the file does not have stay as they were. */
  NodeProfile over(NodeProfile before, String node) {
    NodeProfile said = profiles.get(node);
    return new NodeProfile(
        columns.contains("class") ? said.deviceClass() : before.deviceClass(),
        columns.contains("level") ? said.level() : before.level(),
        columns.contains("resources") ? said.resources() : before.resources(),
        columns.contains("tags") ? said.tags() : before.tags());
  }

  /** Columns with names. */
  private static final class Named {
    private final List<String> columns;
    private final boolean hasKeys;
    private final boolean hasProfiles;
    private final Map<String, NodeKey> keys = new TreeMap<>();
    private final Map<String, NodeProfile> profiles = new TreeMap<>();
    private final Set<String> nodes = new HashSet<>();

    Named(List<String> columns) {
      this.columns = columns;
      hasKeys = columns.contains("key");
      hasProfiles = columns.stream().anyMatch(OF_PROFILES::contains);
    }

    ImportFile read(byte[] content) {
      try {
        KeyLines.each(content, this::line);
        return new ImportFile(keys, profiles, Set.copyOf(columns));
      } catch (IllegalArgumentException wrong) {
        keys.values().forEach(k -> k.key().destroy());
        throw wrong;
      }
    }

    private void line(Line line) {
      if (line.number() == 1) {
        checkHeader(line);
      } else if (!line.empty() && line.content()[line.from()] != '#') {
        int[] ends = ends(line);
        String node = text(line, ends, "node", "");
        if (!node.matches(NodeProfile.NODE)) {
          throw line.wrong("a node has 1 to 64 letters, digits, . _ -");
        }
        if (hasProfiles) {
          NodeProfiles.put(profiles, node, profile(line, ends), line);
        }
        if (hasKeys) {
          KeyLines.put(keys, nodes, key(line, ends, node), true, line);
        }
      }
    }

    private void checkHeader(Line line) {
      Set<String> once = new HashSet<>(columns);
      once.remove("node");
      once.removeAll(OF_KEYS);
      once.removeAll(OF_PROFILES);
      if (!once.isEmpty()
          || new HashSet<>(columns).size() != columns.size()
          || columns.contains("identity") != hasKeys
          || columns.contains("generation") && !hasKeys) {
        throw line.wrong(
            "columns are node, identity and key together, generation, class, level, resources,"
                + " tags, each once: unknown="
                + once);
      }
    }

    /** Where the columns end. */
    private int[] ends(Line line) {
      int[] ends = new int[columns.size()];
      int count = 0;
      for (int i = line.from(); i <= line.to(); i++) {
        if (i == line.to() || line.content()[i] == ',') {
          if (count == ends.length) {
            throw line.wrong("a line has as many columns as the first: columns=" + ends.length);
          }
          ends[count++] = i;
        }
      }
      if (count < ends.length) {
        Arrays.fill(ends, count, ends.length, line.to()); // those at the end may be left out
      }
      return ends;
    }

    private int start(Line line, int[] ends, int column) {
      return column == 0 ? line.from() : Math.min(ends[column - 1] + 1, ends[column]);
    }

    private String text(Line line, int[] ends, String name, String otherwise) {
      int column = columns.indexOf(name);
      if (column < 0) {
        return otherwise;
      }
      int from = start(line, ends, column);
      return new String(line.content(), from, ends[column] - from, StandardCharsets.UTF_8).strip();
    }

    private NodeKey key(Line line, int[] ends, String node) {
      String identity = text(line, ends, "identity", "");
      String generation = text(line, ends, "generation", "");
      if (!generation.matches("[0-9]{0,9}")) {
        throw line.wrong("a generation is a number of at least 1");
      }
      int number = generation.isEmpty() ? 1 : Integer.parseInt(generation);
      KeyLines.check(line, node, identity, number);
      int column = columns.indexOf("key");
      Secret key = KeyLines.secret(line, start(line, ends, column), ends[column]);
      return new NodeKey(node, identity, key, number, 0, NodeKey.FACTORY, 0);
    }

    private NodeProfile profile(Line line, int[] ends) {
      try {
        return NodeProfile.of(
            text(line, ends, "class", ""),
            text(line, ends, "level", ""),
            text(line, ends, "resources", ""),
            text(line, ends, "tags", ""));
      } catch (IllegalArgumentException e) {
        throw line.wrong(e.getMessage());
      }
    }
  }
}
