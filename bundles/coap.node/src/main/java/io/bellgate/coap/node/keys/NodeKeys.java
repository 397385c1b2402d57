package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The pre-shared keys of nodes, in one owner-only file of lines {@code NODE,IDENTITY,KEY}: the
 * identity is what the node sends in clear text, the key 16 to 64 octets in hexadecimal digits.
 * Read again when the file's time or size has changed. Thread safe.
 */
public final class NodeKeys {
  /** A line that names its columns is not a node. */
  public static final String HEADER = "node,identity,key";

  private static final System.Logger LOG = System.getLogger(NodeKeys.class.getName());
  private static final int MOST_NODES = 100_000;

  /** A change of the file counts after so long. */
  private static final long LOOK_NANOS = 250_000_000;

  private final Path file;
  private Map<String, NodeKey> byIdentity = Map.of();
  private Set<String> nodes = Set.of();
  private long lookedNanos = System.nanoTime() - LOOK_NANOS;
  private FileTime read;
  private long octets = -1;
  private String problem = "";

  /**
   * One node's key.
   *
   * @param node the node ID that it speaks for
   * @param identity what it calls its key in the handshake
   * @param key lent; it belongs to the registry
   */
  public record NodeKey(String node, String identity, Secret key) {}

  /**
   * Names the file, which need not exist.
   *
   * @param file for its owner only
   */
  public NodeKeys(Path file) {
    this.file = file;
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** The key of an identity. */
  public synchronized Optional<NodeKey> find(String identity) {
    if (!byIdentity.containsKey(identity)) {
      lookedNanos = System.nanoTime() - LOOK_NANOS; // it may have come this moment
    }
    refresh();
    return Optional.ofNullable(byIdentity.get(identity));
  }

  /** Whether a node has a key: then it speaks under it and in no other way. */
  public synchronized boolean knows(String node) {
    refresh();
    return nodes.contains(node);
  }

  /** All, by identity. */
  public synchronized List<NodeKey> all() {
    refresh();
    return List.copyOf(byIdentity.values());
  }

  /** Why the file is not used as it is; empty if all is well. */
  public synchronized String problem() {
    refresh();
    return problem;
  }

  private void refresh() {
    if (System.nanoTime() - lookedNanos < LOOK_NANOS) {
      return;
    }
    lookedNanos = System.nanoTime();
    try {
      if (!Files.exists(file)) {
        use(new TreeMap<>());
        read = null;
        octets = -1;
        problem = "";
      } else if (!Files.getLastModifiedTime(file).equals(read) || Files.size(file) != octets) {
        read = Files.getLastModifiedTime(file);
        octets = Files.size(file);
        use(parse());
        problem = "";
      }
    } catch (IOException | IllegalArgumentException e) {
      problem = String.valueOf(e.getMessage()); // who was known stays known
      LOG.log(Level.WARNING, "keys of nodes are not read: {0}", problem);
    }
  }

  private void use(Map<String, NodeKey> next) {
    byIdentity.values().forEach(k -> k.key().destroy());
    byIdentity = next;
    nodes = next.values().stream().map(NodeKey::node).collect(Collectors.toUnmodifiableSet());
  }

  private Map<String, NodeKey> parse() throws IOException {
    if (OwnerOnly.posix(file)
        && !PosixFilePermissions.toString(Files.getPosixFilePermissions(file)).endsWith("------")) {
      throw new IOException(
          "BG-NODE-001 a file of keys is for its owner only: file="
              + file
              + "; assume its content is known, or chmod 600");
    }
    byte[] content = Files.readAllBytes(file);
    try {
      return parse(content);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /**
   * Reads lines.
   *
   * @throws IllegalArgumentException with BG-NODE-002 and the number of the line; without keys
   */
  public static Map<String, NodeKey> parse(byte[] content) {
    Map<String, NodeKey> keys = new TreeMap<>();
    int number = 0;
    for (int at = 0; at < content.length; ) {
      int end = at;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      number++;
      int last = end > at && content[end - 1] == '\r' ? end - 1 : end;
      line(content, at, last, number).ifPresent(k -> keys.put(k.identity(), k));
      at = end + 1;
      if (keys.size() > MOST_NODES) {
        throw wrong(number, "there are at most " + MOST_NODES + " nodes");
      }
    }
    return keys;
  }

  private static Optional<NodeKey> line(byte[] content, int from, int to, int number) {
    int second = -1;
    int first = -1;
    for (int i = from; i < to; i++) {
      if (content[i] == ',') {
        first = first < 0 ? i : first;
        second = i;
      }
    }
    String start = new String(content, from, Math.min(to - from, 40), StandardCharsets.UTF_8);
    if (from == to || content[from] == '#' || start.startsWith(HEADER)) {
      return Optional.empty();
    }
    if (first < 0 || second == first) {
      throw wrong(number, "a line is NODE,IDENTITY,KEY");
    }
    String node = new String(content, from, first - from, StandardCharsets.UTF_8);
    String identity = new String(content, first + 1, second - first - 1, StandardCharsets.UTF_8);
    if (!node.matches("[A-Za-z0-9._-]{1,64}") || !identity.matches("[!-~]{1,64}")) {
      throw wrong(number, "a node has 1 to 64 letters, digits, . _ -; an identity no spaces");
    }
    return Optional.of(new NodeKey(node, identity, key(content, second + 1, to, number)));
  }

  private static Secret key(byte[] content, int from, int to, int number) {
    int digits = to - from;
    if (digits < 32 || digits > 128 || digits % 2 != 0) {
      throw wrong(number, "a key has 16 to 64 octets, two hexadecimal digits each");
    }
    byte[] key = new byte[digits / 2];
    for (int i = 0; i < digits; i++) {
      int value = Character.digit(content[from + i], 16);
      if (value < 0) {
        Arrays.fill(key, (byte) 0);
        throw wrong(number, "a key has hexadecimal digits");
      }
      key[i / 2] = (byte) (key[i / 2] << 4 | value);
    }
    return Secret.absorb(key);
  }

  private static IllegalArgumentException wrong(int line, String why) {
    return new IllegalArgumentException("BG-NODE-002 line " + line + ": " + why);
  }

  /**
   * Writes all keys anew, durably.
   *
   * @param keys destroyed by the caller
   */
  public synchronized void write(Iterable<NodeKey> keys) throws IOException {
    List<byte[]> lines = new ArrayList<>();
    for (NodeKey key : keys) {
      byte[] line =
          key.key()
              .lend(
                  octets ->
                      (key.node()
                              + ","
                              + key.identity()
                              + ","
                              + HexFormat.of().formatHex(octets)
                              + "\n")
                          .getBytes(StandardCharsets.UTF_8));
      lines.add(line);
    }
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel out = OwnerOnly.create(part)) {
      for (byte[] line : lines) {
        ByteBuffer buffer = ByteBuffer.wrap(line);
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        Arrays.fill(line, (byte) 0);
      }
      out.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    octets = -1;
    lookedNanos = System.nanoTime() - LOOK_NANOS;
    refresh();
  }
}
