package io.bellgate.coap.node.keys;

import io.bellgate.files.OwnerOnly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an operator said of nodes, in one file of lines {@code NODE,CLASS,LEVEL,RESOURCES,TAGS}, the
 * last two separated by spaces; it is beside the keys, since it is not secret, is written by hand
 * too, and changes when keys do not. Read again when its time or size has changed. If what is there
 * cannot be read, what was known stays; if nothing was known yet, nobody is judged by it ({@link
 * #of} is empty). Thread safe.
 */
public final class NodeProfiles {
  private static final String HEADER = "node,class,level,resources,tags";
  private static final System.Logger LOG = System.getLogger(NodeProfiles.class.getName());
  private static final Object CHANGING = new Object();

  /** Counts changes by any object of this process: they are looked at without delay. */
  private static final AtomicLong CHANGES = new AtomicLong();

  private static final long LOOK_NANOS = 250_000_000;

  private final Path file;
  private final WatchedFile watched;
  private Map<String, NodeProfile> profiles;

  private long changes;
  private long lookedNanos = System.nanoTime() - LOOK_NANOS;
  private String problem = "";

  /**
   * Names the file.
   *
   * @param file need not exist
   */
  public NodeProfiles(Path file) {
    this.file = file;
    watched = new WatchedFile(file);
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /**
   * What was said of a node.
   *
   * @return the default if nothing was; empty if the file could never be read
   */
  public synchronized Optional<NodeProfile> of(String node) {
    refresh();
    return profiles == null
        ? Optional.empty()
        : Optional.of(profiles.getOrDefault(node, NodeProfile.DEFAULT));
  }

  /** Of whom something was said, by node. */
  public synchronized Map<String, NodeProfile> all() {
    refresh();
    return profiles == null ? Map.of() : Map.copyOf(profiles);
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
        profiles = Map.of();
        problem = "";
      } else if (watched.hasChanged()) {
        profiles = parse(Files.readAllBytes(file));
        problem = "";
      }
    } catch (NoSuchFileException gone) {
      problem = watched.gone(problem);
    } catch (IOException | IllegalArgumentException e) {
      problem = e.getMessage() + ": file=" + file;
      LOG.log(Level.WARNING, "what was said of nodes is not read: {0}", problem);
    }
  }

  /**
   * Reads lines.
   *
   * @throws IllegalArgumentException with BG-NODE-002 and the number of the line
   */
  static Map<String, NodeProfile> parse(byte[] content) {
    Map<String, NodeProfile> all = new TreeMap<>();
    KeyLines.each(
        content,
        line -> {
          String text = line.start(Integer.MAX_VALUE);
          if (text.isBlank() || text.startsWith("#") || text.equals(HEADER)) {
            return;
          }
          String[] columns = text.split(",", -1);
          if (columns.length != 5 || !columns[0].matches(NodeProfile.NODE)) {
            throw line.wrong("a line is NODE,CLASS,LEVEL,RESOURCES,TAGS");
          }
          put(all, columns[0], profile(line, columns), line);
        });
    return all;
  }

  private static NodeProfile profile(KeyLines.Line line, String[] columns) {
    try {
      return NodeProfile.of(columns[1], columns[2], columns[3], columns[4]);
    } catch (IllegalArgumentException e) {
      throw line.wrong(e.getMessage());
    }
  }

  static void put(
      Map<String, NodeProfile> all, String node, NodeProfile profile, KeyLines.Line line) {
    if (all.size() == KeyLines.MOST_NODES) {
      throw line.wrong("there are at most " + KeyLines.MOST_NODES + " nodes");
    }
    if (all.put(node, profile) != null) {
      throw line.wrong("a node comes once: node=" + node);
    }
  }

  /** Changes what was said of nodes, by node. */
  public interface Change {
    /** Changes the map, which holds what is in the file. */
    void change(Map<String, NodeProfile> all);
  }

  /**
   * Changes the file, durably, if anything is different afterwards; nobody of this process changes
   * it meanwhile.
   *
   * @throws IOException if it cannot be read or written; then nothing was changed
   */
  public void change(Change change) throws IOException {
    synchronized (CHANGING) {
      Map<String, NodeProfile> before =
          watched.isNew() ? new TreeMap<String, NodeProfile>() : read();
      Map<String, NodeProfile> all = new TreeMap<>(before);
      change.change(all);
      all.values().removeIf(NodeProfile.DEFAULT::equals);
      if (!all.equals(before)) {
        write(all);
        watched.seen();
        CHANGES.incrementAndGet();
      }
    }
  }

  private Map<String, NodeProfile> read() throws IOException {
    try {
      return parse(Files.readAllBytes(file));
    } catch (NoSuchFileException gone) {
      throw watched.gone();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage() + ": file=" + file, e);
    }
  }

  private void write(Map<String, NodeProfile> all) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    all.forEach(
        (node, profile) -> text.append(node).append(',').append(profile.columns()).append('\n'));
    OwnerOnly.folder(file.toAbsolutePath().getParent());
    byte[] lines = text.toString().getBytes(StandardCharsets.UTF_8);
    OwnerOnly.replace(file, out -> OwnerOnly.write(out, lines));
  }
}
