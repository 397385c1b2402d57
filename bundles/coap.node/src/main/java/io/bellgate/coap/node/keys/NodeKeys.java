package io.bellgate.coap.node.keys;

import io.bellgate.api.bits.Secret;
import io.bellgate.files.OwnerOnly;
import io.bellgate.nodekeys.NodeContext;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The pre-shared keys of nodes, in one owner-only file ({@link KeyLines}). A node has two keys
 * while it is being given another one ({@link #succeed}). Read again when the file's time or size
 * has changed. Thread safe; who changes the file from this process does it one after the other.
 */
public final class NodeKeys {
  private static final System.Logger LOG = System.getLogger(NodeKeys.class.getName());

  /** Whoever changes a file reads it before, and nobody else writes between. */
  private static final Object CHANGING = new Object();

  /** Counts changes by any object of this process: they are looked at without delay. */
  private static final AtomicLong CHANGES = new AtomicLong();

  /** A change of the file counts after so long. */
  private static final long LOOK_NANOS = 250_000_000;

  private final Path file;
  private final WatchedFile watched;
  private final InstantSource clock;
  private Map<String, NodeKey> byIdentity = Map.of();
  private Set<String> nodes = Set.of();

  /** Identities of keys that a node was given beside another. */
  private Set<String> superseding = Set.of();

  /** Identities by the sender IDs of their nodes under OSCORE, in hexadecimal digits. */
  private Map<String, String> byKid = Map.of();

  /** Which key each identity has: another number with another key. */
  private final Map<String, Long> numbers = new HashMap<>();

  private long keysSeen;
  private long lookedForKidNanos = System.nanoTime() - LOOK_NANOS;

  /** Identities of keys that were made here and that nobody has spoken under yet. */
  private final Set<Known> born = new HashSet<>();

  /** How often each key that is known was lent since the start. */
  private final Map<String, Long> uses = new HashMap<>();

  private long changes;
  private long lookedNanos = System.nanoTime() - LOOK_NANOS;
  private String problem = "";

  /**
   * One node's key.
   *
   * @param node the node ID that it speaks for
   * @param identity what it calls its key in the handshake
   * @param key lent; it belongs to the registry
   * @param generation 1 for the first, one more with each rotation
   * @param untilSeconds since the epoch; from then on it is not accepted; 0 for no end
   * @param origin where it comes from: {@link #FACTORY}, {@link #OPERATOR}, {@link #ROTATED},
   *     {@link #POOL} and the origin of a key of the pool, {@link #ENROLLED} and algorithms, or
   *     {@link #UNKNOWN}
   * @param sinceSeconds since the epoch: when it came here; 0 if not known
   */
  public record NodeKey(
      String node,
      String identity,
      Secret key,
      int generation,
      long untilSeconds,
      String origin,
      long sinceSeconds) {
    /** From a file that does not say. */
    public static final String UNKNOWN = "unknown";

    /** In a file that somebody brought. */
    public static final String FACTORY = "factory";

    /** Drawn here because somebody asked for it. */
    public static final String OPERATOR = "operator";

    /** From the key before and two nonces. */
    public static final String ROTATED = "rotated (nonces)";

    /** From the key before and a key of the pool, whose origin follows. */
    public static final String POOL = "pool:";

    /** From an exchange with the node, whose algorithms follow. */
    public static final String ENROLLED = "enrolled:";

    /** The first of a node. */
    public NodeKey(String node, String identity, Secret key) {
      this(node, identity, key, 1, 0, UNKNOWN, 0);
    }

    NodeKey made(String how, long seconds) {
      return new NodeKey(node, identity, key, generation, untilSeconds, how, seconds);
    }

    private NodeKey copy() {
      return new NodeKey(
          node,
          identity,
          key.part(0, key.length()),
          generation,
          untilSeconds,
          origin,
          sinceSeconds);
    }

    private NodeKey until(long seconds) {
      return new NodeKey(node, identity, key, generation, seconds, origin, sinceSeconds);
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
    watched = new WatchedFile(file);
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
   * What a node calls its key now, if it came to it by rotation or enrolment, so that it is still
   * the node that it was: empty for a node that an operator gave this key.
   */
  public synchronized Optional<String> renewed(String node) {
    refresh();
    return byIdentity.values().stream()
        .filter(k -> k.node().equals(node) && k.generation() > 1 && k.untilSeconds() == 0)
        .min(Comparator.comparingInt(NodeKey::generation)) // one after it was not used yet
        .map(NodeKey::identity);
  }

  /**
   * Lends the key of an identity that is accepted now.
   *
   * @param use is given the key for the call
   */
  public synchronized <R> Optional<R> lend(String identity, Function<NodeKey, R> use) {
    Optional<NodeKey> found = find(identity);
    found.ifPresent(k -> uses.merge(identity, 1L, Long::sum));
    return found.map(use);
  }

  /** Lends a key for the call as {@link #lend} does, and counts no use. */
  public synchronized <R> Optional<R> look(String identity, Function<NodeKey, R> use) {
    return find(identity).map(use);
  }

  /**
   * A key, without it.
   *
   * @param identity of it
   * @param number another one if the identity has another key
   */
  public record Known(String identity, long number) {}

  /**
   * The key that is accepted now, by the sender ID of its node under OSCORE.
   *
   * @param kid octets
   */
  public synchronized Optional<Known> known(byte[] kid) {
    String digits = HexFormat.of().formatHex(kid);
    long now = System.nanoTime();
    if (!byKid.containsKey(digits) && now - lookedForKidNanos >= LOOK_NANOS / 4) {
      lookedNanos = now - LOOK_NANOS; // it may have come this moment; who guesses costs no more
      lookedForKidNanos = now;
    }
    refresh();
    return Optional.ofNullable(byKid.get(digits))
        .filter(i -> accepted(byIdentity.get(i)))
        .map(i -> new Known(i, numbers.get(i)));
  }

  /** How often the key of an identity was lent by this object: to handshakes, or to contexts. */
  public synchronized long uses(String identity) {
    return uses.getOrDefault(identity, 0L);
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
    long now = CHANGES.get();
    if (now == changes && System.nanoTime() - lookedNanos < LOOK_NANOS) {
      return;
    }
    changes = now;
    lookedNanos = System.nanoTime();
    try {
      if (watched.isNew()) {
        problem = "";
      } else if (watched.hasChanged()) {
        use(parse());
        problem = "";
      }
    } catch (NoSuchFileException gone) {
      problem = watched.gone(problem);
    } catch (IOException | IllegalArgumentException e) {
      problem = String.valueOf(e.getMessage()); // who was known stays known
      LOG.log(Level.WARNING, "keys of nodes are not read: {0}", problem);
    }
  }

  private void use(Map<String, NodeKey> next) {
    numbers.keySet().retainAll(next.keySet());
    born.removeIf(known -> !next.containsKey(known.identity()));
    next.forEach(
        (identity, k) -> {
          NodeKey before = byIdentity.get(identity);
          if (before == null || !before.key().matches(k.key())) {
            numbers.put(identity, ++keysSeen);
          }
        });
    byIdentity.values().forEach(k -> k.key().destroy());
    byIdentity = next;
    uses.keySet().retainAll(next.keySet());
    Map<String, String> kids = new HashMap<>();
    next.keySet().forEach(i -> kids.put(HexFormat.of().formatHex(NodeContext.kid(i)), i));
    byKid = kids;
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
      return KeyLines.parse(content);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
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
          CHANGES.incrementAndGet();
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
    watched.hasChanged(); // it is what is known
    lookedNanos = System.nanoTime();
  }

  /** Whether {@link #succeed} would give a node another key in place of this one. */
  public synchronized boolean renewable(String identity) {
    return present(identity, NodeKey::node).isPresent();
  }

  /**
   * Lends a key that {@link #succeed} would replace; this is no use of it.
   *
   * @param use is given the key for the call
   */
  public synchronized <R> Optional<R> present(String identity, Function<NodeKey, R> use) {
    return find(identity).filter(k -> k.untilSeconds() == 0).map(use);
  }

  /** Makes the next key of a node. */
  public interface Derivation {
    /**
     * Derives.
     *
     * @param now the key that the node has; lent
     * @param generation of the key that is made
     * @return 32 octets, which are taken over
     */
    Secret next(NodeKey now, int generation);
  }

  /**
   * A node is to be given another key.
   *
   * @param identity under which it asked
   * @param next what it is to call the other one
   * @param origin of the other one
   * @param derivation makes it
   */
  public record Ask(String identity, String next, String origin, Derivation derivation) {}

  /**
   * Gives nodes other keys. The one that a node has is accepted until some time after the other one
   * was first used ({@link #used}). Asked again before that it gives another one still. All of them
   * in one writing.
   *
   * @return for each, in order, the generation of its key; empty if this identity is not accepted,
   *     or another was used since
   */
  public List<OptionalInt> succeed(List<Ask> asks) throws IOException {
    List<OptionalInt> given = new ArrayList<>();
    change(
        all -> {
          asks.forEach(ask -> given.add(succeed(all, ask)));
          return given.stream().anyMatch(OptionalInt::isPresent);
        });
    synchronized (this) {
      for (int i = 0; i < asks.size(); i++) {
        if (given.get(i).isPresent()) {
          String next = asks.get(i).next();
          if (numbers.containsKey(next)) {
            born.add(new Known(next, numbers.get(next)));
          }
        }
      }
    }
    return given;
  }

  /**
   * Whether a key was made by this object, so that nothing can have been said under it before. True
   * once for each.
   */
  public synchronized boolean isNewborn(Known key) {
    return born.remove(key);
  }

  private OptionalInt succeed(Map<String, NodeKey> all, Ask ask) {
    NodeKey now = all.get(ask.identity());
    if (now == null || !accepted(now) || now.untilSeconds() > 0) {
      return OptionalInt.empty();
    }
    int generation = now.generation() + 1;
    Secret next = ask.derivation().next(now, generation);
    all.values().removeIf(k -> k.node().equals(now.node()) && k.generation() > now.generation());
    all.put(
        ask.next(),
        new NodeKey(
            now.node(),
            ask.next(),
            next,
            generation,
            0,
            ask.origin(),
            clock.instant().getEpochSecond()));
    return OptionalInt.of(generation);
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
    Files.createDirectories(file.toAbsolutePath().getParent());
    OwnerOnly.replace(
        file,
        out -> {
          for (NodeKey key : keys) {
            byte[] line = KeyLines.line(key);
            OwnerOnly.write(out, line);
            Arrays.fill(line, (byte) 0);
          }
        });
  }
}
