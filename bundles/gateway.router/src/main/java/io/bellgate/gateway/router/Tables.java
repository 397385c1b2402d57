package io.bellgate.gateway.router;

import io.bellgate.journal.Journal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * All tables of a store, and what has changed in them since the last commit. Of the store's thread,
 * but for looking up tables.
 *
 * <p>A payload of the journal, format 1, is a series of entries: {@code T} table (2 octets) kind (1
 * for numbered, else 0) name: a table; {@code P} table key length (4) value: put; {@code R} table
 * key: removed. Keys are 8 octets or text; text is as {@link DataOutputStream#writeUTF} has it.
 */
final class Tables {
  private static final int FRAME_OCTETS = 1 << 18;

  private final Map<String, Table<?>> byName = new ConcurrentHashMap<>();
  private final Map<Integer, Table<?>> recorded = new TreeMap<>();
  private final Set<Table<?>> dirty = new LinkedHashSet<>();
  private final List<Runnable> undo = new ArrayList<>();
  private final BooleanSupplier changing;
  private int nextNumber;
  private long changedOctets;

  /**
   * Makes none.
   *
   * @param changing whether the calling thread is the one that makes changes
   */
  Tables(BooleanSupplier changing) {
    this.changing = changing;
  }

  boolean changing() {
    return changing.getAsBoolean();
  }

  @SuppressWarnings("unchecked") // find has looked at the kind
  Table<Long> numbered(String name) {
    return (Table<Long>) find(name, true);
  }

  @SuppressWarnings("unchecked") // find has looked at the kind
  Table<String> named(String name) {
    return (Table<String>) find(name, false);
  }

  private Table<?> find(String name, boolean numbered) {
    Table<?> found = byName.computeIfAbsent(name, n -> make(n, nextNumber(), numbered));
    if (found.numbered != numbered) {
      throw new IllegalArgumentException("a table has one kind of key: table=" + name);
    }
    return found;
  }

  private synchronized int nextNumber() {
    return nextNumber++;
  }

  private Table<?> make(String name, int number, boolean numbered) {
    return numbered
        ? new Table<Long>(this, name, number, true)
        : new Table<String>(this, name, number, false);
  }

  /** The ends of the names that begin so, sorted; tables that are empty included. */
  List<String> names(String prefix) {
    return byName.keySet().stream()
        .filter(n -> n.startsWith(prefix))
        .map(n -> n.substring(prefix.length()))
        .sorted()
        .toList();
  }

  /** About how many octets of memory all entries take. */
  long heldOctets() {
    return byName.values().stream().mapToLong(Table::heldOctets).sum();
  }

  /** Takes note of a change to a table and of how to take it back. */
  void changed(Table<?> table, byte[] value, Runnable back) {
    dirty.add(table);
    undo.add(back);
    changedOctets += value == null ? 0 : value.length;
  }

  /** Ends a change: from now on it is not taken back. */
  void keep() {
    undo.clear();
  }

  /** Takes back everything since the last change that was kept. */
  void takeBack() {
    for (int i = undo.size() - 1; i >= 0; i--) {
      undo.get(i).run();
    }
    undo.clear();
  }

  /** About how much has changed since the last commit, in octets. */
  long changedOctets() {
    return changedOctets;
  }

  boolean unchanged() {
    return dirty.stream().allMatch(table -> table.changes().isEmpty());
  }

  /** What has changed since the last commit, as one payload. */
  byte[] changes() throws IOException {
    Payload payload = new Payload();
    for (Table<?> table : dirty) {
      if (!recorded.containsKey(table.number)) {
        payload.table(table);
      }
      for (Map.Entry<?, byte[]> change : table.changes().entrySet()) {
        payload.change(table, change.getKey(), change.getValue());
      }
    }
    return payload.octets();
  }

  /** Shows to all threads what is durable now. */
  void publish() {
    for (Table<?> table : dirty) {
      recorded.put(table.number, table);
      table.publish();
    }
    dirty.clear();
    changedOctets = 0;
  }

  /** Writes all tables; nothing may be unpublished. */
  void snapshot(Journal.Frames frames) throws IOException {
    Snapshot snapshot = new Snapshot(frames);
    for (Table<?> table : recorded.values()) {
      snapshot.payload.table(table);
      snapshot.entries(table);
    }
    snapshot.flush();
  }

  /** Takes a payload from the journal. */
  void replay(byte[] payload) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    while (in.available() > 0) {
      int type = in.readUnsignedByte();
      int number = in.readUnsignedShort();
      if (type == 'T') {
        Table<?> table = make(in, number);
        byName.put(table.name, table);
        recorded.put(number, table);
        nextNumber = Math.max(nextNumber, number + 1);
        continue;
      }
      Table<?> table = recorded.get(number);
      if (table == null || type != 'P' && type != 'R') {
        throw new IOException("an entry is T, P or R of a table: type=" + type);
      }
      if (table.numbered) {
        numbered(table.name).replay(in.readLong(), value(type, in));
      } else {
        named(table.name).replay(in.readUTF(), value(type, in));
      }
    }
  }

  private Table<?> make(DataInputStream in, int number) throws IOException {
    boolean numbered = in.readUnsignedByte() == 1;
    return make(in.readUTF(), number, numbered);
  }

  private static byte[] value(int type, DataInputStream in) throws IOException {
    if (type == 'R') {
      return null;
    }
    byte[] value = new byte[in.readInt()];
    in.readFully(value);
    return value;
  }

  /** Entries one after the other. */
  private static final class Payload {
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(octets);

    void table(Table<?> table) throws IOException {
      out.writeByte('T');
      out.writeShort(table.number);
      out.writeByte(table.numbered ? 1 : 0);
      out.writeUTF(table.name);
    }

    void change(Table<?> table, Object key, byte[] value) throws IOException {
      out.writeByte(value == null ? 'R' : 'P');
      out.writeShort(table.number);
      if (table.numbered) {
        out.writeLong((Long) key);
      } else {
        out.writeUTF((String) key);
      }
      if (value != null) {
        out.writeInt(value.length);
        out.write(value);
      }
    }

    byte[] octets() {
      return octets.toByteArray();
    }
  }

  /** Many small frames, so that no second copy of the store is in memory. */
  private static final class Snapshot {
    private final Journal.Frames frames;
    private Payload payload = new Payload();

    Snapshot(Journal.Frames frames) {
      this.frames = frames;
    }

    <K extends Comparable<K>> void entries(Table<K> table) throws IOException {
      for (Map.Entry<K, byte[]> entry : table.durable().entrySet()) {
        payload.change(table, entry.getKey(), entry.getValue());
        if (payload.octets.size() > FRAME_OCTETS) {
          flush();
        }
      }
    }

    void flush() throws IOException {
      frames.append(payload.octets());
      payload = new Payload();
    }
  }
}
