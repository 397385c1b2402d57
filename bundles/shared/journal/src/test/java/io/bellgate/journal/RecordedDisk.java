package io.bellgate.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A disk that remembers each write and each sync, and can tell what it may hold after a power cut:
 * all that was synced, and of the rest any part in any order, torn at sectors. Thread safe.
 */
public final class RecordedDisk implements Disk.Folder {
  private static final int SECTOR_OCTETS = 512;

  private final List<Entry> log = new ArrayList<>();

  private enum Kind {
    WRITE,
    TRUNCATE,
    SYNC,
    REPLACE
  }

  /** One thing that happened to a file; files are numbered as they were opened. */
  private record Entry(Kind kind, int file, long offset, byte[] octets) {}

  /** From a position of the log on, a path leads to a file. */
  private record Name(int position, Path path, int file) {}

  private final Map<Path, Integer> files = new HashMap<>();
  private final List<Name> names = new ArrayList<>();
  private final Runnable synced;
  private int opened;

  /** Makes one that only remembers. */
  public RecordedDisk() {
    this(() -> {});
  }

  /**
   * Makes one.
   *
   * @param synced called by the writing thread at each sync, before it is remembered
   */
  public RecordedDisk(Runnable synced) {
    this.synced = synced;
  }

  /** How much has happened. */
  public synchronized int position() {
    return log.size();
  }

  /** Writes what the file that was opened first, or its replacement, may hold after a cut. */
  public synchronized void image(int position, Random random, Path file) throws IOException {
    int shown = 0;
    for (Entry entry : log.subList(0, position)) {
      shown = entry.kind() == Kind.REPLACE ? entry.file() : shown;
    }
    write(shown, position, random, file);
  }

  /**
   * Writes what the file at a path may hold after a cut.
   *
   * @return false if there is none: nothing is written
   */
  public synchronized boolean image(int position, Random random, Path path, Path file)
      throws IOException {
    int shown = -1;
    for (Name name : names) {
      shown = name.position() <= position && name.path().equals(path) ? name.file() : shown;
    }
    if (shown >= 0) {
      write(shown, position, random, file);
    }
    return shown >= 0;
  }

  private void write(int number, int position, Random random, Path file) throws IOException {
    List<Entry> own = log.subList(0, position).stream().filter(e -> e.file() == number).toList();
    int synced = own.size();
    while (synced > 0 && own.get(synced - 1).kind() != Kind.SYNC) {
      synced--;
    }
    Files.deleteIfExists(file);
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      for (Entry entry : own.subList(0, synced)) {
        apply(disk, entry);
      }
      List<Entry> loose = new ArrayList<>();
      own.subList(synced, own.size()).forEach(e -> loose.addAll(sectors(e)));
      Collections.shuffle(loose, random);
      for (Entry entry : loose.subList(0, random.nextInt(loose.size() + 1))) {
        apply(disk, entry);
      }
    }
  }

  private static List<Entry> sectors(Entry entry) {
    if (entry.kind() != Kind.WRITE) {
      return List.of(entry);
    }
    List<Entry> parts = new ArrayList<>();
    for (int from = 0; from < entry.octets().length; ) {
      long at = entry.offset() + from;
      int room = SECTOR_OCTETS - (int) (at % SECTOR_OCTETS);
      int to = Math.min(entry.octets().length, from + room);
      byte[] part = Arrays.copyOfRange(entry.octets(), from, to);
      parts.add(new Entry(Kind.WRITE, entry.file(), at, part));
      from = to;
    }
    return parts;
  }

  private static void apply(RandomAccessFile disk, Entry entry) throws IOException {
    switch (entry.kind()) {
      case WRITE -> {
        disk.seek(entry.offset());
        disk.write(entry.octets());
      }
      case TRUNCATE -> disk.setLength(entry.offset());
      case SYNC, REPLACE -> {}
    }
  }

  private synchronized int opened(Path file) {
    Integer known = files.get(file);
    if (known != null) {
      return known;
    }
    files.put(file, opened);
    names.add(new Name(log.size(), file, opened));
    return opened++;
  }

  private synchronized void log(Entry entry) {
    log.add(entry);
  }

  /** How many files were replaced. */
  public synchronized long replacements() {
    return log.stream().filter(e -> e.kind() == Kind.REPLACE).count();
  }

  @Override
  public Disk open(Path file) throws IOException {
    int number = opened(file);
    Disk real = Disk.FILES.open(file);
    return new Disk() {
      @Override
      public byte[] read(long position, int length) throws IOException {
        return real.read(position, length);
      }

      @Override
      public void write(long position, byte[] octets) throws IOException {
        log(new Entry(Kind.WRITE, number, position, octets.clone()));
        real.write(position, octets);
      }

      @Override
      public void force() {
        synced.run();
        log(new Entry(Kind.SYNC, number, 0, null));
      }

      @Override
      public void truncate(long size) throws IOException {
        log(new Entry(Kind.TRUNCATE, number, size, null));
        real.truncate(size);
      }

      @Override
      public long size() throws IOException {
        return real.size();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    };
  }

  @Override
  public byte[] salt() {
    return Disk.FILES.salt();
  }

  @Override
  public synchronized void replace(Path file, Path by) throws IOException {
    Disk.FILES.replace(file, by);
    int number = files.remove(by);
    files.put(file, number);
    log.add(new Entry(Kind.REPLACE, number, 0, null));
    names.add(new Name(log.size(), file, number));
  }
}
