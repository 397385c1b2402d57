package io.bellgate.coap.readings;

import io.bellgate.api.message.Delivery;
import io.bellgate.files.FolderLock;
import io.bellgate.files.OwnerOnly;
import io.bellgate.journal.Disk;
import io.bellgate.journal.Journal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The latest reading of each source, in memory and in a {@link Journal}: a batch costs what is in
 * it, where one file replaced for each batch would cost what all sources ever said. At most {@link
 * #MOST} readings of {@link #MOST_OCTETS} together; the one not renewed longest goes first.
 *
 * <p>One lock, on this object, held while the disk is written; {@link #of} and {@link #status} do
 * not wait for it. Once a write has failed every later one does, until the store is opened again.
 *
 * <p>A payload of the journal is the highest number of a delivery (8 octets), then readings, the
 * one renewed last at the end.
 */
final class Latest implements Closeable {
  /** Readings at most. */
  static final int MOST = 10_000;

  /** So many octets at most, about. */
  static final long MOST_OCTETS = 16 << 20;

  private static final System.Logger LOG = System.getLogger(Latest.class.getName());
  private static final long SMALL_OCTETS = 1 << 20;
  private static final int MOST_TIMES_HELD = 4;
  private static final int FRAME_OCTETS = 1 << 16;

  /** A peer that goes wrong does not fill the log. */
  private static final int LOG_EVERY = 1_000;

  private final Map<Source, Reading> readings = new ConcurrentHashMap<>();
  private final Set<Source> renewed = new LinkedHashSet<>();
  private final Map<String, Long> protections = new TreeMap<>();
  private final long smallOctets;
  private final FolderLock lock;
  private final Journal journal;
  private long octets;
  private long highest;
  private long delivered;
  private long older;
  private long repeated;
  private long strange;
  private long forgotten;
  private String failure = "";
  private volatile Map<String, Object> status = Map.of();

  /**
   * Opens or makes the store.
   *
   * @param folder made for its owner only if it is missing
   * @throws IOException with code BG-READ-009 if it is damaged
   * @throws IllegalStateException if somebody else has it open
   */
  Latest(Disk.Folder disk, Path folder) throws IOException {
    this(disk, folder, SMALL_OCTETS);
  }

  /** A file of less than {@code smallOctets} is not written anew. */
  Latest(Disk.Folder disk, Path folder, long smallOctets) throws IOException {
    this.smallOctets = smallOctets;
    OwnerOnly.folder(folder);
    lock = new FolderLock(folder.resolve("readings.lock"));
    try {
      journal = open(disk, folder.resolve("readings.journal"));
    } catch (IOException | RuntimeException failed) {
      lock.close();
      throw failed;
    }
    forgotten = 0;
    look();
  }

  private Journal open(Disk.Folder disk, Path file) throws IOException {
    try {
      return new Journal(disk, file, true, (payload, at) -> replay(payload));
    } catch (Journal.Damaged e) {
      throw new IOException(
          "BG-READ-009 "
              + e.getMessage()
              + "; look after the disk, then move the file away: readings come again as nodes measure",
          e);
    }
  }

  private void replay(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    highest = in.readLong();
    while (in.available() > 0) {
      keep(Reading.read(in));
    }
    forget();
  }

  /**
   * Takes what the router delivers; durable when it returns.
   *
   * @return sources that are to be read anew
   * @throws IOException if nothing was taken: it comes again
   */
  synchronized Set<Source> deliver(List<Delivery> deliveries) throws IOException {
    if (!failure.isEmpty()) {
      throw new IOException(failure);
    }
    Map<Source, Reading> fresh = new LinkedHashMap<>();
    long last = highest;
    int again = 0;
    int late = 0;
    int none = 0;
    for (Delivery delivery : deliveries) {
      if (delivery.number() <= last) {
        again++;
        continue;
      }
      last = delivery.number();
      Optional<Reading> reading = Reading.of(delivery);
      if (reading.isEmpty()) {
        warn(delivery, none++);
      } else if (isNewer(reading.get(), fresh)) {
        fresh.remove(reading.get().source()); // renewed last
        fresh.put(reading.get().source(), reading.get());
      } else {
        late++;
      }
    }
    Set<Source> changed = Set.of();
    if (last > highest) {
      changed = commit(last, fresh.values());
      delivered += deliveries.size() - again;
      older += late;
      strange += none;
    }
    repeated += again;
    look();
    return changed;
  }

  private boolean isNewer(Reading reading, Map<Source, Reading> fresh) {
    Source source = reading.source();
    Reading before = fresh.getOrDefault(source, readings.get(source));
    return before == null || reading.count() > before.count();
  }

  private void warn(Delivery delivery, int none) {
    if ((strange + none) % LOG_EVERY == 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "BG-READ-007 only what a node measured is kept for other nodes: id={0} site={1}",
          delivery.message().id(),
          delivery.site());
    }
  }

  private Set<Source> commit(long last, Collection<Reading> fresh) throws IOException {
    try {
      journal.commit(frame(last, fresh));
      highest = last;
      fresh.forEach(this::keep);
      Set<Source> changed = forget();
      fresh.forEach(r -> changed.add(r.source()));
      if (journal.size() > Math.max(smallOctets, MOST_TIMES_HELD * octets)) {
        journal.rewrite(this::snapshot);
      }
      return changed;
    } catch (IOException | RuntimeException e) {
      failure =
          "BG-READ-010 readings cannot be written, nothing more is taken: cause="
              + e.getMessage()
              + "; look after the disk, then restart the bundle";
      look();
      throw e;
    }
  }

  private static byte[] frame(long last, Iterable<Reading> some) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(frame);
    out.writeLong(last);
    for (Reading reading : some) {
      reading.write(out);
    }
    return frame.toByteArray();
  }

  private void snapshot(Journal.Frames frames) throws IOException {
    Map<Source, Reading> page = new LinkedHashMap<>();
    int size = 0;
    for (Source source : renewed) {
      Reading reading = readings.get(source);
      page.put(source, reading);
      size += reading.octets();
      if (size > FRAME_OCTETS) {
        frames.append(frame(highest, page.values()));
        page.clear();
        size = 0;
      }
    }
    frames.append(frame(highest, page.values()));
  }

  private void keep(Reading reading) {
    Reading before = readings.put(reading.source(), reading);
    count(before, -1);
    count(reading, 1);
    renewed.remove(reading.source());
    renewed.add(reading.source());
  }

  /** What there is no room for, also when a journal is read: so it need not be written. */
  private Set<Source> forget() {
    Set<Source> gone = new LinkedHashSet<>();
    Iterator<Source> longest = renewed.iterator();
    while (readings.size() > MOST || octets > MOST_OCTETS) {
      Source source = longest.next();
      longest.remove();
      count(readings.remove(source), -1);
      gone.add(source);
    }
    forgotten += gone.size();
    return gone;
  }

  private void count(Reading reading, int by) {
    if (reading != null) {
      octets += by * (long) reading.octets();
      protections.merge(
          reading.protection(), (long) by, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
    }
  }

  /** What a source measured last, if it is known. */
  Optional<Reading> of(Source source) {
    return Optional.ofNullable(readings.get(source));
  }

  private void look() {
    Map<String, Object> now = new LinkedHashMap<>();
    now.put("kept", readings.size());
    now.put("keptByProtection", new TreeMap<>(protections));
    now.put("delivered", delivered);
    now.put("older", older);
    now.put("repeatedAfterCrash", repeated);
    now.put("noReadings", strange);
    now.put("forgotten", forgotten);
    if (!failure.isEmpty()) {
      now.put("problems", List.of(failure));
    }
    status = now;
  }

  /** Counts since the start, and what is kept. */
  Map<String, Object> status() {
    return status;
  }

  @Override
  public synchronized void close() throws IOException {
    failure = Readings.SWAPPED;
    try (lock) {
      journal.close();
    }
  }
}
