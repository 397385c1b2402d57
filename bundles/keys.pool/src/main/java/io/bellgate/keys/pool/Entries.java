package io.bellgate.keys.pool;

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
 * The payload of a frame: entries one after the other, format 1. {@code D} number (8) length (4)
 * record: a block; {@code S} number (8) length (4) state: confirmed and used so far; {@code G} ID
 * (16): a block is gone.
 */
final class Entries {
  private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(octets);
  private final Map<Block, Integer> deposits = new LinkedHashMap<>();

  /** Takes entries in order. */
  interface Reader {
    void deposit(long number, int offset, byte[] record);

    void state(long number, byte[] state);

    void gone(UUID id);
  }

  void deposit(Block block, byte[] record) {
    entry('D', block.number, record);
    deposits.put(block, octets.size() - record.length);
  }

  void state(Block block) {
    entry('S', block.number, BlockCodec.state(block));
  }

  private void entry(char type, long number, byte[] body) {
    try {
      out.writeByte(type);
      out.writeLong(number);
      out.writeInt(body.length);
      out.write(body);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  void gone(UUID id) {
    try {
      out.writeByte('G');
      out.writeLong(id.getMostSignificantBits());
      out.writeLong(id.getLeastSignificantBits());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
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

  /** The record of a block in here. */
  byte[] record(Block block) {
    int offset = deposits.get(block);
    return Arrays.copyOfRange(octets.toByteArray(), offset, offset + block.recordOctets());
  }

  static void read(byte[] payload, Reader reader) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(payload));
    while (in.available() > 0) {
      char type = (char) in.readUnsignedByte();
      switch (type) {
        case 'D' -> {
          long number = in.readLong();
          byte[] record = new byte[in.readInt()];
          int offset = payload.length - in.available();
          in.readFully(record);
          reader.deposit(number, offset, record);
        }
        case 'S' -> {
          long number = in.readLong();
          byte[] state = new byte[in.readInt()];
          in.readFully(state);
          reader.state(number, state);
        }
        case 'G' -> reader.gone(new UUID(in.readLong(), in.readLong()));
        default -> throw new IOException("an entry is D, S or G: type=" + (int) type);
      }
    }
  }
}
