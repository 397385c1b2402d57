package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pre-shared keys of nodes, in one owner-only file of lines {@code
 * NODE,IDENTITY,KEY[,GENERATION[,UNTIL]]}: the identity is what the node sends in clear text, the
 * key 16 to 64 octets in hexadecimal digits, UNTIL the second since the epoch from which on it is
 * not accepted, 0 for none. A node has two keys while it is being given another one ({@link
 * #rotate}). Read again when the file's time or size has changed. Thread safe; who changes the file
 * from this process does it one after the other.
 */
public final class NodeKeys {
  /** A line that names its columns is not a node. */
  public static final String HEADER = "node,identity,key";

  private static final System.Logger LOG = System.getLogger(NodeKeys.class.getName());
  private static final int MOST_NODES = 100_000;
  private static final int MOST_DIGITS = 12;

  /** Whoever changes a file reads it before, and nobody else writes between. */
  private static final Object CHANGING = new Object();

  /** A change of the file counts after so long. */
  private static final long LOOK_NANOS = 250_000_000;

  private final Path file;
  private final InstantSource clock;
  private Map<String, NodeKey> byIdentity = Map.of();
  private Set<String> nodes = Set.of();

  /** Identities of keys that a node was given beside another. */
  private Set<String> superseding = Set.of();

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
   * @param generation 1 for the first, one more with each rotation
   * @param untilSeconds since the epoch; from then on it is not accepted; 0 for no end
   */
  public record NodeKey(
      String node, String identity, Secret key, int generation, long untilSeconds) {
    /** The first of a node. */
    public NodeKey(String node, String identity, Secret key) {
      this(node, identity, key, 1, 0);
    }

    private NodeKey copy() {
      return new NodeKey(node, identity, key.part(0, key.length()), generation, untilSeconds);
    }

    private NodeKey until(long seconds) {
      return new NodeKey(node, identity, key, generation, seconds);
    }
  }

  /**
   * Names the file, which need not exist.
   *
   * @param file for its owner only
   */
  public NodeKeys(Path file) {
    this(file, InstantSource.system());
  }

  /** The same by another clock. */
  public NodeKeys(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** The node of an identity whose key is accepted now. */
  public synchronized Optional<String> node(String identity) {
    return find(identity).map(NodeKey::node);
  }

  /**
   * Lends the key of an identity that is accepted now.
   *
   * @param use is given the key for the call
   */
  public synchronized <R> Optional<R> lend(String identity, Function<NodeKey, R> use) {
    return find(identity).map(use);
  }

  private Optional<NodeKey> find(String identity) {
    if (!byIdentity.containsKey(identity)) {
      lookedNanos = System.nanoTime() - LOOK_NANOS; // it may have come this moment
    }
    refresh();
    return Optional.ofNullable(byIdentity.get(identity)).filter(this::accepted);
  }

  private boolean accepted(NodeKey key) {
    return key.untilSeconds() == 0 || clock.instant().getEpochSecond() < key.untilSeconds();
  }

  /** Whether a node has a key: then it speaks under it and in no other way. */
  public synchronized boolean knows(String node) {
    refresh();
    return nodes.contains(node);
  }

  /** How many nodes have a key. */
  public synchronized int nodes() {
    refresh();
    return nodes.size();
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
    Map<String, NodeKey> newest = new HashMap<>();
    next.values()
        .forEach(k -> newest.merge(k.node(), k, (a, b) -> a.generation() > b.generation() ? a : b));
    superseding =
        next.values().stream()
            .filter(k -> before(k, newest.get(k.node())))
            .map(k -> newest.get(k.node()).identity())
            .collect(Collectors.toUnmodifiableSet());
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

  private static Optional<NodeKey> line(byte[] content, int from, int end, int number) {
    long[] numbers = new long[2];
    int count = 0;
    int to = end;
    for (int at = number(content, from, to); at >= 0 && count < 2; at = number(content, from, to)) {
      numbers[count++] =
          Long.parseLong(new String(content, at + 1, to - at - 1, StandardCharsets.US_ASCII));
      to = at;
    }
    long until = count == 2 ? numbers[0] : 0;
    long generation = count == 0 ? 1 : numbers[count - 1];
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
    if (first < 0 || second == first || generation < 1 || generation > Integer.MAX_VALUE) {
      throw wrong(number, "a line is NODE,IDENTITY,KEY[,GENERATION[,UNTIL]]");
    }
    String node = new String(content, from, first - from, StandardCharsets.UTF_8);
    String identity = new String(content, first + 1, second - first - 1, StandardCharsets.UTF_8);
    if (!node.matches("[A-Za-z0-9._-]{1,64}") || !identity.matches("[!-~]{1,64}")) {
      throw wrong(number, "a node has 1 to 64 letters, digits, . _ -; an identity no spaces");
    }
    Secret key = key(content, second + 1, to, number);
    return Optional.of(new NodeKey(node, identity, key, (int) generation, until));
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

  /** Changes all keys, by identity. */
  public interface Change {
    /**
     * Changes the map, which holds what is in the file. What is put into it is taken over.
     *
     * @return false if there is nothing to change
     */
    boolean change(Map<String, NodeKey> all) throws IOException;
  }

  /**
   * Changes the file, durably; nobody of this process changes it meanwhile, and who looks a key up
   * does not wait for the disk.
   *
   * @return what the change returned
   */
  public boolean change(Change change) throws IOException {
    synchronized (CHANGING) {
      Map<String, NodeKey> before = copies();
      Map<String, NodeKey> all = new TreeMap<>(before);
      Set<Secret> kept = Collections.newSetFromMap(new IdentityHashMap<>());
      try {
        boolean changed = change.change(all);
        if (changed) {
          all.values().removeIf(key -> !accepted(key));
          write(all.values());
          install(all);
          all.values().forEach(k -> kept.add(k.key()));
        }
        return changed;
      } finally {
        Stream.concat(before.values().stream(), all.values().stream())
            .map(NodeKey::key)
            .filter(key -> !kept.contains(key))
            .forEach(Secret::destroy);
      }
    }
  }

  private synchronized Map<String, NodeKey> copies() throws IOException {
    lookedNanos = System.nanoTime() - LOOK_NANOS;
    refresh();
    if (!problem.isEmpty()) {
      throw new IOException(problem);
    }
    Map<String, NodeKey> copies = new TreeMap<>();
    byIdentity.forEach((identity, k) -> copies.put(identity, k.copy()));
    return copies;
  }

  private synchronized void install(Map<String, NodeKey> all) throws IOException {
    use(all);
    read = Files.getLastModifiedTime(file);
    octets = Files.size(file);
    lookedNanos = System.nanoTime();
  }

  /**
   * What a node asks for.
   *
   * @param identity under which it asks
   * @param nonce of the node
   */
  public record Ask(String identity, byte[] nonce) {}

  /**
   * What a node is given in place of its key.
   *
   * @param identity of the new key
   * @param generation of it
   * @param nonce the gateway's part of what it was derived from
   */
  public record Rotated(String identity, int generation, byte[] nonce) {}

  /**
   * Gives nodes other keys, each derived from the one it has and a nonce of both ends. The one it
   * has is accepted until some time after the other one was first used ({@link #used}). Asked again
   * before that it gives another one still. All of them in one writing.
   *
   * @return one for each, in order; empty if this identity is not accepted, or another was used
   *     since
   */
  public List<Optional<Rotated>> rotate(List<Ask> asks, RandomBits bits) throws IOException {
    List<Optional<Rotated>> rotated = new ArrayList<>();
    change(
        all -> {
          asks.forEach(ask -> rotated.add(rotated(all, ask, bits)));
          return rotated.stream().anyMatch(Optional::isPresent);
        });
    return rotated;
  }

  private Optional<Rotated> rotated(Map<String, NodeKey> all, Ask ask, RandomBits bits) {
    NodeKey now = all.get(ask.identity());
    if (now == null || !accepted(now) || now.untilSeconds() > 0) {
      return Optional.empty();
    }
    byte[] own = new byte[Generations.NONCE_OCTETS];
    byte[] name = new byte[Generations.NONCE_OCTETS];
    bits.fill(own);
    bits.fill(name);
    String identity = HexFormat.of().formatHex(name); // opaque: it is sent in clear text
    int generation = now.generation() + 1;
    Secret next = Generations.next(now.key(), ask.nonce(), own, now.node(), generation);
    all.values().removeIf(k -> k.node().equals(now.node()) && k.generation() > now.generation());
    all.put(identity, new NodeKey(now.node(), identity, next, generation, 0));
    return Optional.of(new Rotated(identity, generation, own));
  }

  /** Whether {@link #used} has something to do: a node uses a key that another is still beside. */
  public synchronized boolean supersedes(String identity) {
    return superseding.contains(identity);
  }

  private static boolean before(NodeKey old, NodeKey key) {
    return old.untilSeconds() == 0
        && old.generation() < key.generation()
        && old.node().equals(key.node());
  }

  /**
   * Nodes have used keys: those before are accepted for a while only.
   *
   * @param overlapSeconds how long
   */
  public void used(Set<String> identities, long overlapSeconds) throws IOException {
    long until = clock.instant().getEpochSecond() + overlapSeconds;
    change(
        all -> {
          Map<String, NodeKey> used = new HashMap<>();
          identities.stream()
              .map(all::get)
              .filter(Objects::nonNull)
              .forEach(k -> used.put(k.node(), k));
          Map<String, NodeKey> ending = new HashMap<>();
          all.forEach(
              (identity, k) -> {
                if (used.containsKey(k.node()) && before(k, used.get(k.node()))) {
                  ending.put(identity, k.until(until));
                }
              });
          all.putAll(ending);
          return !ending.isEmpty();
        });
  }

  private void write(Iterable<NodeKey> keys) throws IOException {
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
                              + (key.generation() == 1 && key.untilSeconds() == 0
                                  ? ""
                                  : "," + key.generation() + "," + key.untilSeconds())
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
    OwnerOnly.forceFolder(folder);
  }
}
