package io.bellgate.keys.pool.store;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.files.OwnerOnly;
import io.bellgate.journal.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The wrapping key in its owner-only file, by generation. Each rewrite of the journal draws a fresh
 * one: the file holds both before the rewrite and only the new one after it, so that whoever gets
 * the disk and the present file opens no used key, and an old copy of the file opens no new one.
 *
 * <p>File: {@code bgkeys 2}, then generation (8) and key (32) of one or two; a file of 32 octets is
 * generation 0. Owned by the storage thread.
 */
final class Keyring {
  private static final byte[] FORMAT = "bgkeys 2".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_OCTETS = 32;
  private static final int ENTRY_OCTETS = 8 + KEY_OCTETS;

  private final Disk.Folder folder;
  private final Path file;
  private final Supplier<RandomBits> random;
  private final TreeMap<Long, Secret> keys = new TreeMap<>();
  private long generation;
  private Seal seal;

  /** A seal for each key that is in the file, for tests that try to open what was used. */
  List<Seal> seals() {
    return keys.values().stream().map(Seal::new).toList();
  }

  /**
   * Reads the file, if there is one.
   *
   * @param random gives null while there are no random bits
   * @throws IOException if it cannot be read or is open to others
   */
  Keyring(Disk.Folder folder, Path file, Supplier<RandomBits> random) throws IOException {
    this.folder = folder;
    this.file = file;
    this.random = random;
    if (Files.exists(file)) {
      OwnerOnly.check(file);
      read(Files.readAllBytes(file));
    }
  }

  private void read(byte[] octets) throws IOException {
    int entries = (octets.length - FORMAT.length) / ENTRY_OCTETS;
    if (octets.length == KEY_OCTETS) {
      keys.put(0L, Secret.absorb(octets));
    } else if (octets.length == FORMAT.length + entries * ENTRY_OCTETS
        && Arrays.equals(FORMAT, Arrays.copyOf(octets, FORMAT.length))) {
      ByteBuffer in = ByteBuffer.wrap(octets).position(FORMAT.length);
      while (in.hasRemaining()) {
        long number = in.getLong();
        byte[] key = new byte[KEY_OCTETS];
        in.get(key);
        keys.put(number, Secret.absorb(key));
      }
      Arrays.fill(octets, (byte) 0);
    } else {
      throw new IOException("a wrapping key file has one or two keys: file=" + file);
    }
  }

  /**
   * Settles on the generation that the journal names, and drops every other one.
   *
   * @param needed whether there is something to open; else all are dropped, and the first block
   *     draws a fresh one
   * @throws IllegalStateException if it is needed and not there
   */
  void settle(long named, boolean needed) throws IOException {
    generation = named;
    Secret key = keys.get(named);
    if (key == null && needed) {
      throw new IllegalStateException(
          "a pool opens with its wrapping key only: missing="
              + file
              + " generation="
              + named
              + "; restore it, or remove the pool's folder and lose the keys in it");
    }
    if (needed) {
      seal = new Seal(key);
      retire();
    } else {
      destroy();
      keys.clear();
    }
  }

  long generation() {
    return generation;
  }

  boolean present() {
    return seal != null;
  }

  /** The seal; there is one wherever there is a block. */
  Seal seal() {
    return seal;
  }

  /** The seal, made if there is none yet: durable before the first block is. */
  Seal seal(RandomBits bits) throws IOException {
    if (seal == null) {
      Secret fresh = bits.draw(KEY_OCTETS);
      keys.put(generation, fresh);
      write();
      seal = new Seal(fresh);
    }
    return seal;
  }

  /** Whether a next generation can be drawn now. */
  boolean canTurn() {
    return random.get() != null;
  }

  /** Draws the next generation; the file holds it beside the present one afterwards. */
  Seal turn() throws IOException {
    Secret fresh = random.get().draw(KEY_OCTETS);
    generation++;
    keys.put(generation, fresh);
    write();
    seal = new Seal(fresh);
    return seal;
  }

  /** Forgets all generations but the present one. */
  void retire() throws IOException {
    if (keys.size() > 1) {
      keys.forEach(
          (number, key) -> {
            if (number != generation) {
              key.destroy();
            }
          });
      keys.keySet().retainAll(Set.of(generation));
      write();
    }
  }

  private void write() throws IOException {
    OwnerOnly.folder(file.toAbsolutePath().getParent());
    ByteBuffer octets = ByteBuffer.allocate(FORMAT.length + keys.size() * ENTRY_OCTETS).put(FORMAT);
    for (Map.Entry<Long, Secret> key : keys.entrySet()) {
      octets.putLong(key.getKey());
      key.getValue().use(octets::put);
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (Disk disk = folder.open(next)) {
      disk.truncate(0);
      disk.write(0, octets.array());
      disk.force();
    }
    folder.replace(file, next);
    Arrays.fill(octets.array(), (byte) 0);
  }

  void destroy() {
    keys.values().forEach(Secret::destroy);
  }
}
