package io.bellgate.coap.commands.book;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What becomes durable together, or not at all. Changes nothing until the book commits it. */
public final class Change {
  /** Does a part of it in memory. */
  private interface Part {
    void apply() throws IOException;
  }

  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(octets);
  private final List<Part> parts = new ArrayList<>();

  /** Begins an empty one. */
  public Change() {}

  /** Puts a record. */
  public <T> void put(Shelf<T> shelf, long number, T value) throws IOException {
    shelf.entry(number, value, out);
    parts.add(() -> shelf.apply(number, value));
  }

  /** Takes a record away. */
  public <T> void remove(Shelf<T> shelf, long number) throws IOException {
    put(shelf, number, null);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  byte[] octets() {
    return octets.toByteArray();
  }

  void apply() throws IOException {
    for (Part part : parts) {
      part.apply();
    }
  }
}
