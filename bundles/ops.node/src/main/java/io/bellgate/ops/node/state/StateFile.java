package io.bellgate.ops.node.state;

import io.bellgate.files.FolderLock;
import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The state of one node in a file for its owner only, held by one process at a time. Every change
 * is durable before it is used, and puts a new file in the place of the old one: so the file has
 * one name, or whoever holds it by another would go on with what it was. Owns the keys of the
 * state. Thread safe.
 */
public final class StateFile implements AutoCloseable {
  private static final int MOST_OCTETS = 4_096;

  private final Path file;
  private final FolderLock lock;
  private final Steps counts;
  private final Map<String, Steps> numbers = new HashMap<>();
  private NodeState state;

  private StateFile(Path file, FolderLock lock, NodeState state) {
    this.file = file;
    this.lock = lock;
    this.state = state;
    counts = new Steps(state.count(), number -> change(s -> s.withCount(number)));
  }

  /**
   * Opens the state of a node, or begins it.
   *
   * @param file of the state; its folder is made if missing
   * @param node which node it is to be
   * @throws StateProblem if it is in use, open to others, damaged, has another name, or is of
   *     another node
   */
  public static StateFile open(Path file, String node) throws IOException, StateProblem {
    Path named = file.toAbsolutePath().normalize();
    OwnerOnly.folder(named.getParent());
    Path whole = named.getParent().toRealPath().resolve(named.getFileName());
    FolderLock lock = lock(whole);
    try {
      requireOneName(whole);
      NodeState state = Files.exists(whole) ? read(whole) : NodeState.fresh(node);
      if (!state.node().equals(node)) {
        wipe(state, Optional.empty());
        throw new StateProblem(
            "BG-NODE-014 a state is of one node: file=" + file + " node=" + state.node());
      }
      return new StateFile(whole, lock, state);
    } catch (IOException | StateProblem | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static void requireOneName(Path file) throws IOException, StateProblem {
    if (Files.isSymbolicLink(file) || links(file) > 1) {
      throw new StateProblem(
          "BG-NODE-020 a state has one name, or numbers would be used twice: file="
              + file
              + "; name the file itself, and remove its other links");
    }
  }

  /** How many names a file has; 1 where the file system does not tell. */
  private static int links(Path file) throws IOException {
    boolean isTold =
        Files.exists(file) && file.getFileSystem().supportedFileAttributeViews().contains("unix");
    return isTold ? (int) Files.getAttribute(file, "unix:nlink") : 1;
  }

  private static FolderLock lock(Path file) throws IOException, StateProblem {
    try {
      return new FolderLock(file.resolveSibling(file.getFileName() + ".lock"));
    } catch (IllegalStateException held) {
      throw new StateProblem(
          "BG-NODE-011 a state is used by one process at a time, or numbers would be used twice:"
              + " file="
              + file
              + "; wait for the other command, or end it");
    }
  }

  /**
   * Reads a state without holding it, to show it.
   *
   * @return whose keys the caller destroys
   * @throws StateProblem if it is open to others, or damaged
   */
  public static NodeState read(Path file) throws IOException, StateProblem {
    check(file);
    try {
      if (Files.size(file) > MOST_OCTETS) {
        throw new IllegalArgumentException("too long");
      }
      return StateText.decode(Files.readAllBytes(file));
    } catch (IllegalArgumentException e) {
      throw new StateProblem(
          "BG-NODE-012 a state is read whole or not at all: file="
              + file
              + " "
              + e.getMessage()
              + "; give the node another key (bellgate nodes replace) and begin anew");
    }
  }

  /**
   * Checks a file of secrets, where the file system knows owners.
   *
   * @throws StateProblem if it is open to others
   */
  public static void check(Path file) throws IOException, StateProblem {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    try {
      OwnerOnly.check(file);
    } catch (IOException open) {
      throw new StateProblem("BG-NODE-010 " + open.getMessage());
    }
  }

  /** What it is now. */
  public synchronized NodeState state() {
    return state;
  }

  /** Counts of readings, {@code seq}. */
  public Steps counts() {
    return counts;
  }

  /** OSCORE sender sequence numbers under a key of the state. */
  public synchronized Steps numbers(NodeKey key) {
    String identity = key.identity();
    return numbers.computeIfAbsent(
        identity, i -> new Steps(key.sequence(), number -> change(s -> s.withSequence(i, number))));
  }

  /** Changes the state; keys that are not in it any more are wiped. */
  public synchronized void change(UnaryOperator<NodeState> how) throws IOException {
    NodeState now = how.apply(state);
    byte[] octets = StateText.encode(now);
    try {
      OwnerOnly.replace(file, out -> OwnerOnly.write(out, octets));
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
    wipe(state, Optional.of(now));
    state = now;
  }

  /** Destroys the keys of a state that are not those of another. */
  private static void wipe(NodeState gone, Optional<NodeState> but) {
    List<Object> kept =
        but.stream().flatMap(StateFile::keys).map(k -> (Object) k.secret()).toList();
    keys(gone)
        .filter(k -> kept.stream().noneMatch(s -> s == k.secret()))
        .forEach(k -> k.secret().destroy());
  }

  private static Stream<NodeKey> keys(NodeState state) {
    return Stream.concat(state.key().stream(), state.next().stream());
  }

  /**
   * Gives back numbers that were not used, wipes the keys, ends the lock; nobody speaks any more.
   */
  @Override
  public void close() throws IOException {
    try {
      counts.giveBack();
      for (Steps each : numbers.values()) {
        each.giveBack();
      }
    } finally {
      wipe(state(), Optional.empty());
      lock.close();
    }
  }
}
