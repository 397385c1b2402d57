package io.bellgate.keys.pool;

import io.bellgate.api.keys.KeyOrigin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The records of the store, format 1. A block: length of the header, header, sealed chunks. A
 * state: one octet (1 = confirmed), then the bits of the used chunks, lowest first.
 */
final class BlockCodec {
  private static final int FORMAT = 1;

  /** Octets of the random salt that ends each header. */
  static final int SALT_OCTETS = 16;

  private BlockCodec() {}

  static byte[] header(Block.Header header, byte[] salt) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(FORMAT);
      out.writeLong(header.id().getMostSignificantBits());
      out.writeLong(header.id().getLeastSignificantBits());
      out.writeUTF(header.peer());
      origin(out, header.origin());
      out.writeInt(header.chunks());
      out.writeLong(header.takeUntilMillis());
      out.writeLong(header.expiresAtMillis());
      out.write(salt);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return octets.toByteArray();
  }

  private static void origin(DataOutputStream out, KeyOrigin origin) throws IOException {
    out.writeUTF(origin.kind().name());
    out.writeBoolean(origin.simulated());
    out.writeBoolean(origin.relayed());
    out.writeInt(origin.attributes().size());
    for (Map.Entry<String, String> e : new TreeMap<>(origin.attributes()).entrySet()) {
      out.writeUTF(e.getKey());
      out.writeUTF(e.getValue());
    }
  }

  static Block.Header header(byte[] octets) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IOException("a block is written in format " + FORMAT + ": format=" + format);
      }
      UUID id = new UUID(in.readLong(), in.readLong());
      return new Block.Header(
          id, in.readUTF(), origin(in), in.readInt(), in.readLong(), in.readLong());
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  private static KeyOrigin origin(DataInputStream in) throws IOException {
    KeyOrigin.Kind kind = KeyOrigin.Kind.valueOf(in.readUTF());
    boolean simulated = in.readBoolean();
    boolean relayed = in.readBoolean();
    Map<String, String> attributes = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      attributes.put(in.readUTF(), in.readUTF());
    }
    return new KeyOrigin(kind, simulated, relayed, attributes);
  }

  static byte[] record(byte[] header, byte[] sealed) {
    byte[] record =
        Arrays.copyOf(
            new byte[] {(byte) (header.length >> 8), (byte) header.length},
            2 + header.length + sealed.length);
    System.arraycopy(header, 0, record, 2, header.length);
    System.arraycopy(sealed, 0, record, 2 + header.length, sealed.length);
    return record;
  }

  static byte[] headerOf(byte[] record) {
    return Arrays.copyOfRange(record, 2, 2 + headerOctets(record));
  }

  static byte[] sealedOf(byte[] record) {
    return Arrays.copyOfRange(record, 2 + headerOctets(record), record.length);
  }

  private static int headerOctets(byte[] record) {
    return (record[0] & 0xff) << 8 | record[1] & 0xff;
  }

  static byte[] state(Block block) {
    byte[] bits = block.used.toByteArray();
    byte[] state = new byte[1 + bits.length];
    state[0] = (byte) (block.confirmed ? 1 : 0);
    System.arraycopy(bits, 0, state, 1, bits.length);
    return state;
  }

  static boolean confirmed(byte[] state) {
    return state[0] == 1;
  }

  static BitSet used(byte[] state) {
    return BitSet.valueOf(Arrays.copyOfRange(state, 1, state.length));
  }
}
