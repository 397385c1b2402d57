package io.bellgate.coap.commands.book;

import io.bellgate.api.message.MessageId;
import io.bellgate.files.FolderLock;
import io.bellgate.files.OwnerOnly;
import io.bellgate.journal.Disk;
import io.bellgate.journal.Journal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Everything that this gateway knows of commands, in memory and in a {@link Journal}: those that
 * wait, those that ended, reports that are to be sent, those that were issued here, and the counts.
 * For one thread at a time. Once a commit has failed, every later one does, until the book is
 * opened again.
 *
 * <p>A payload of the journal is a series of entries: shelf (1 octet), number (8), whether there is
 * a record (1), the record.
 */
public final class Book implements Closeable {
  private static final long SMALL_OCTETS = 1 << 20;
  private static final int MOST_TIMES_HELD = 4;
  private static final int FRAME_OCTETS = 1 << 16;
  private static final long NAME = 0;
  private static final long NUMBER = 1;
  private static final long SEQUENCE = 2;
  private static final long COMMANDS_HIGHEST = 3;
  private static final long RESULTS_HIGHEST = 4;

  private final Map<String, NavigableMap<Long, Command>> byNode = new HashMap<>();
  private final Shelf<String> facts =
      new Shelf<>('M', (text, out) -> out.writeUTF(text), in -> in.readUTF(), (a, b) -> {});
  private final Shelf<Command> commands =
      new Shelf<>('C', Command::write, Command::read, this::index);
  private final Shelf<Ended> ended = new Shelf<>('E', Ended::write, Ended::read, (a, b) -> {});
  private final Shelf<Report> reports = new Shelf<>('R', Report::write, Report::read, (a, b) -> {});
  private final Shelf<Sent> sent = new Shelf<>('S', Sent::write, Sent::read, (a, b) -> {});
  private final Map<Integer, Shelf<?>> shelves =
      new TreeMap<>(
          Map.of(
              (int) 'M', facts, (int) 'C', commands, (int) 'E', ended, (int) 'R', reports,
              (int) 'S', sent));
  private final long smallOctets;
  private final FolderLock lock;
  private final Journal journal;
  private String failure = "";

  /**
   * Opens or makes the book.
   *
   * @param folder made for its owner only if it is missing
   * @param site of this gateway
   * @param series draws the random part of a new store's name
   * @throws IOException with code BG-CMD-020 if it is damaged
   * @throws IllegalStateException if somebody else has it open
   */
  public Book(Disk.Folder disk, Path folder, String site, LongSupplier series) throws IOException {
    this(disk, folder, site, series, SMALL_OCTETS);
  }

  /** A file of less than {@code smallOctets} is not written anew. */
  Book(Disk.Folder disk, Path folder, String site, LongSupplier series, long smallOctets)
      throws IOException {
    this.smallOctets = smallOctets;
    OwnerOnly.folder(folder);
    lock = new FolderLock(folder.resolve("commands.lock"));
    try {
      journal = open(disk, folder.resolve("commands.journal"));
      if (!facts.all().containsKey(NAME)) {
        rename(site, series);
      }
    } catch (IOException | RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  private Journal open(Disk.Folder disk, Path file) throws IOException {
    try {
      return new Journal(disk, file, true, (payload, at) -> replay(payload));
    } catch (Journal.Damaged e) {
      throw new IOException(
          "BG-CMD-020 "
              + e.getMessage()
              + "; look after the disk, then move the file away and lose the commands in it",
          e);
    }
  }

  private void replay(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    while (in.available() > 0) {
      int code = in.readUnsignedByte();
      Shelf<?> shelf = shelves.get(code);
      if (shelf == null) {
        throw new IOException("BG-CMD-020 an entry is of a known shelf: code=" + code);
      }
      shelf.replay(in);
    }
  }

  private void index(Command before, Command after) {
    if (before != null) {
      byNode.computeIfPresent(
          before.node(),
          (node, own) -> {
            own.remove(before.number());
            return own.isEmpty() ? null : own;
          });
    }
    if (after != null) {
      byNode.computeIfAbsent(after.node(), n -> new TreeMap<>()).put(after.number(), after);
    }
  }

  /** Commands that wait, in the order of their arrival. */
  public Shelf<Command> commands() {
    return commands;
  }

  /** Those of one node. */
  public NavigableMap<Long, Command> commands(String node) {
    return Collections.unmodifiableNavigableMap(
        byNode.getOrDefault(node, Collections.emptyNavigableMap()));
  }

  /** Commands that have ended. */
  public Shelf<Ended> ended() {
    return ended;
  }

  /** Reports that the router has not taken yet. */
  public Shelf<Report> reports() {
    return reports;
  }

  /** Commands that were issued here. */
  public Shelf<Sent> sent() {
    return sent;
  }

  /** The name under which this gateway speaks. */
  public String name() {
    return facts.all().get(NAME);
  }

  /** Draws another name: the one before was used by a store that this one is a copy of. */
  public void rename(String site, LongSupplier series) throws IOException {
    Change change = new Change();
    change.put(facts, NAME, MessageId.gateway(site, series.getAsLong()));
    commit(change);
  }

  private long fact(long which) {
    return Long.parseLong(facts.all().getOrDefault(which, "0"));
  }

  /** The number that was given to a command last. */
  public long number() {
    return fact(NUMBER);
  }

  /** The sequence that was given to a message last. */
  public long sequence() {
    return fact(SEQUENCE);
  }

  /** The highest delivery number of commands. */
  public long commandsHighest() {
    return fact(COMMANDS_HIGHEST);
  }

  /** The highest delivery number of results. */
  public long resultsHighest() {
    return fact(RESULTS_HIGHEST);
  }

  /** Remembers counts with a change. */
  public void count(Change change, long number, long sequence) throws IOException {
    if (number != number()) {
      change.put(facts, NUMBER, Long.toString(number));
    }
    if (sequence != sequence()) {
      change.put(facts, SEQUENCE, Long.toString(sequence));
    }
  }

  /** Remembers with a change how far deliveries of commands have come. */
  public void commandsHighest(Change change, long delivery) throws IOException {
    change.put(facts, COMMANDS_HIGHEST, Long.toString(delivery));
  }

  /** Remembers with a change how far deliveries of results have come. */
  public void resultsHighest(Change change, long delivery) throws IOException {
    change.put(facts, RESULTS_HIGHEST, Long.toString(delivery));
  }

  /**
   * Makes a change durable, then visible.
   *
   * @throws IOException if it is not known to be durable; then nothing of it is visible
   */
  public void commit(Change change) throws IOException {
    if (change.isEmpty()) {
      return;
    }
    try {
      journal.commit(change.octets());
      change.apply();
      long held = shelves.values().stream().mapToLong(Shelf::octets).sum();
      if (journal.size() > Math.max(smallOctets, MOST_TIMES_HELD * held)) {
        journal.rewrite(this::snapshot);
      }
    } catch (IOException | RuntimeException e) {
      failure =
          "BG-CMD-021 commands cannot be written, nothing more is taken: cause="
              + e.getMessage()
              + "; look after the disk, then restart the bundle";
      throw e;
    }
  }

  /** Why nothing is taken any more, or an empty text. */
  public String failure() {
    return failure;
  }

  private void snapshot(Journal.Frames frames) throws IOException {
    Pages pages = new Pages(frames);
    for (Shelf<?> shelf : shelves.values()) {
      pages.take(shelf);
    }
    pages.flush();
  }

  /** Frames of moderate size. */
  private static final class Pages {
    private final Journal.Frames frames;
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final DataOutput out = new DataOutputStream(octets);

    Pages(Journal.Frames frames) {
      this.frames = frames;
    }

    <T> void take(Shelf<T> shelf) throws IOException {
      for (Map.Entry<Long, T> entry : shelf.all().entrySet()) {
        shelf.entry(entry.getKey(), entry.getValue(), out);
        if (octets.size() > FRAME_OCTETS) {
          flush();
        }
      }
    }

    void flush() throws IOException {
      frames.append(octets.toByteArray());
      octets.reset();
    }
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      journal.close();
    }
  }
}
