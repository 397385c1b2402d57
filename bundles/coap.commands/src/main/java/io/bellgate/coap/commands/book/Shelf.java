package io.bellgate.coap.commands.book;

import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Records of one kind by number, as they are on the disk. For the book's thread.
 *
 * @param <T> what is remembered
 */
public final class Shelf<T> {
  /** Writes a record. */
  interface Writer<T> {
    void write(T value, DataOutput out) throws IOException;
  }

  /** Reads a record. */
  interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private final int code;
  private final Writer<T> writer;
  private final Reader<T> reader;
  private final BiConsumer<T, T> changed;
  private final NavigableMap<Long, T> values = new TreeMap<>();
  private long octets;

  /**
   * Makes an empty one.
   *
   * @param code one octet in the journal
   * @param changed is told the record before and the one after; either may be null
   */
  Shelf(int code, Writer<T> writer, Reader<T> reader, BiConsumer<T, T> changed) {
    this.code = code;
    this.writer = writer;
    this.reader = reader;
    this.changed = changed;
  }

  /** All records, in order of number; not to be changed. */
  public NavigableMap<Long, T> all() {
    return Collections.unmodifiableNavigableMap(values);
  }

  /** Octets of what was put, about: for deciding when to write the journal anew. */
  long octets() {
    return octets;
  }

  byte[] encode(T value) throws IOException {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    writer.write(value, new DataOutputStream(encoded));
    return encoded.toByteArray();
  }

  /** Puts a record there, or with null takes it away. */
  void apply(long number, T value) throws IOException {
    T before = value == null ? values.remove(number) : values.put(number, value);
    octets +=
        (value == null ? 0 : encode(value).length) - (before == null ? 0 : encode(before).length);
    changed.accept(before, value);
  }

  void replay(DataInputStream in) throws IOException {
    long number = in.readLong();
    apply(number, in.readBoolean() ? reader.read(in) : null);
  }

  void entry(long number, T value, DataOutput out) throws IOException {
    out.writeByte(code);
    out.writeLong(number);
    out.writeBoolean(value != null);
    if (value != null) {
      out.write(encode(value));
    }
  }
}
