package io.bellgate.gateway.router;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;

/**
 * A sorted map in a {@link Store}. Any thread reads what is durable; the store's thread also sees
 * what it has changed since, and is the only one that changes anything.
 *
 * @param <K> long or text
 */
final class Table<K extends Comparable<K>> {
  /**
   * Reckoned for a key, its nodes and the bookkeeping around it, beside the octets of the value.
   */
  private static final int ENTRY_OCTETS = 128;

  final String name;
  final int number;
  final boolean numbered;
  private final Tables tables;
  private final NavigableMap<K, byte[]> durable = new ConcurrentSkipListMap<>();

  /** Sorted, because a reader that has seen a key must not find a lower one later. */
  private final NavigableMap<K, byte[]> changed = new TreeMap<>();

  private volatile int size;
  private volatile long held;

  Table(Tables tables, String name, int number, boolean numbered) {
    this.tables = tables;
    this.name = name;
    this.number = number;
    this.numbered = numbered;
  }

  /** The value, not to be written to, or null. */
  byte[] get(K key) {
    return tables.changing() && changed.containsKey(key) ? changed.get(key) : durable.get(key);
  }

  /** The least durable key above this one, or null. */
  K higherKey(K key) {
    return durable.higherKey(key);
  }

  /** Shows all durable entries in order. */
  void forEach(BiConsumer<K, byte[]> reader) {
    durable.forEach(reader);
  }

  /** How many entries there are, those not yet durable included. */
  int size() {
    return size;
  }

  /** About how many octets of memory they take. */
  long heldOctets() {
    return held;
  }

  /** Puts a value, which is the table's from now on. On the store's thread. */
  void put(K key, byte[] value) {
    change(key, Objects.requireNonNull(value));
  }

  /** Removes a value if there is one. On the store's thread. */
  void remove(K key) {
    change(key, null);
  }

  private void change(K key, byte[] value) {
    if (!tables.changing()) {
      throw new IllegalStateException("a table changes on its store's thread only: table=" + name);
    }
    byte[] now = get(key);
    if (Arrays.equals(now, value)) {
      return;
    }
    boolean again = changed.containsKey(key);
    changed.put(key, value);
    count(now, value);
    tables.changed(
        this,
        value,
        () -> {
          if (again) {
            changed.put(key, now);
          } else {
            changed.remove(key);
          }
          count(value, now);
        });
  }

  private void count(byte[] before, byte[] after) {
    size = size + (after == null ? 0 : 1) - (before == null ? 0 : 1);
    held = held + cost(after) - cost(before);
  }

  private static long cost(byte[] value) {
    return value == null ? 0 : ENTRY_OCTETS + value.length;
  }

  /** What has changed; null stands for removed. */
  Map<K, byte[]> changes() {
    return changed;
  }

  /** What is durable. */
  Map<K, byte[]> durable() {
    return durable;
  }

  /** Shows the changes, which are durable now, to all. */
  void publish() {
    changed.forEach(this::settle);
    changed.clear();
  }

  private void settle(K key, byte[] value) {
    if (value == null) {
      durable.remove(key);
    } else {
      durable.put(key, value);
    }
  }

  /** Takes a change from the journal. */
  void replay(K key, byte[] value) {
    count(durable.get(key), value);
    settle(key, value);
  }
}
