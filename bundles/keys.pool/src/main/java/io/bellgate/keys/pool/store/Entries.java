package io.bellgate.keys.pool.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The payload of a frame: entries one after the other. {@code D} number (8) length (4) record: a
 * block; {@code S} number (8) length (4) state: of a block, so far; {@code G} ID (16): a block is
 * gone; {@code K} generation (8): of the wrapping key; {@code I} incarnation (16), 1 if the run
 * before was closed: a run begins; {@code C}: it is closed; {@code P} peer (text), 1 if something
 * is to be burnt, incarnation (16, or zeros): how this end stands with a peer.
 */
final class Entries {
  private static final UUID NONE = new UUID(0, 0);

  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(octets);
  private final Map<Block, Integer> deposits = new LinkedHashMap<>();

  /** Takes entries in order. */
  interface Reader {
    void deposit(long number, long position, byte[] record);

    void state(long number, byte[] state);

    void gone(UUID id);

    void generation(long generation);

    void begun(UUID incarnation, boolean clean);

    void closed();

    void standing(String peer, boolean due, UUID seen);
  }

  /** Writes one entry. */
  private interface Step {
    void to(DataOutputStream out) throws IOException;
  }

  private void write(char type, Step body) {
    try {
      out.writeByte(type);
      body.to(out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static void id(DataOutputStream out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  private void body(char type, Block block, byte[] body) {
    write(
        type,
        o -> {
          o.writeLong(block.number);
          o.writeInt(body.length);
          o.write(body);
        });
  }

  void deposit(Block block, byte[] record) {
    body('D', block, record);
    deposits.put(block, octets.size() - record.length);
  }

  void state(Block block) {
    body('S', block, BlockCodec.state(block));
  }

  void gone(UUID id) {
    write('G', o -> id(o, id));
  }

  void generation(long generation) {
    write('K', o -> o.writeLong(generation));
  }

  void begun(UUID incarnation, boolean clean) {
    write(
        'I',
        o -> {
          id(o, incarnation);
          o.writeBoolean(clean);
        });
  }

  void closed() {
    write('C', o -> {});
  }

  void standing(String peer, Standing standing) {
    write(
        'P',
        o -> {
          o.writeUTF(peer);
          o.writeBoolean(standing.due);
          id(o, standing.seen == null ? NONE : standing.seen);
        });
  }

  boolean isEmpty() {
    return octets.size() == 0;
  }

  byte[] octets() {
    return octets.toByteArray();
  }

  /** The blocks in here, each with the offset of its record. */
  Map<Block, Integer> deposits() {
    return deposits;
  }

  /** Part of the record of a block in here. */
  byte[] record(Block block, int from, int length) {
    int offset = deposits.get(block) + from;
    return Arrays.copyOfRange(octets.toByteArray(), offset, offset + length);
  }

  static void read(byte[] payload, long position, Reader reader) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    while (in.available() > 0) {
      char type = (char) in.readUnsignedByte();
      switch (type) {
        case 'D' -> {
          long number = in.readLong();
          byte[] record = new byte[in.readInt()];
          long at = position + payload.length - in.available();
          in.readFully(record);
          reader.deposit(number, at, record);
        }
        case 'S' -> {
          long number = in.readLong();
          byte[] state = new byte[in.readInt()];
          in.readFully(state);
          reader.state(number, state);
        }
        case 'G' -> reader.gone(id(in));
        case 'K' -> reader.generation(in.readLong());
        case 'I' -> reader.begun(id(in), in.readBoolean());
        case 'C' -> reader.closed();
        case 'P' -> {
          String peer = in.readUTF();
          boolean due = in.readBoolean();
          UUID seen = id(in);
          reader.standing(peer, due, seen.equals(NONE) ? null : seen);
        }
        default ->
            throw new IOException("an entry of the pool's journal is unknown: type=" + (int) type);
      }
    }
  }

  private static UUID id(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }
}
