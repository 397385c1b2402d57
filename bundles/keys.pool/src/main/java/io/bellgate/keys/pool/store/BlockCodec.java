package io.bellgate.keys.pool.store;

import io.bellgate.api.keys.KeyOrigin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The records of the store. A block: length of the header (2), header, sealed chunks. A state: one
 * octet (bit 0: confirmed, bit 1: marks follow), two boundaries, four grants and four tops (4
 * octets each), then the bits of the used chunks, lowest first. Without bit 1 there are bits only.
 */
final class BlockCodec {
  private static final int FORMAT = 1;
  private static final int CONFIRMED = 1;
  private static final int MARKS = 2;

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
    return ByteBuffer.allocate(2 + header.length + sealed.length)
        .putShort((short) header.length)
        .put(header)
        .put(sealed)
        .array();
  }

  static int recordOctets(int headerOctets, int chunks) {
    return 2 + headerOctets + chunks * Seal.SEALED_OCTETS;
  }

  static byte[] headerOf(byte[] record) {
    int octets = (record[0] & 0xff) << 8 | record[1] & 0xff;
    return Arrays.copyOfRange(record, 2, 2 + octets);
  }

  static byte[] state(Block block) {
    byte[] bits = block.used.toByteArray();
    int ints = block.boundary.length + block.granted.length + block.top.length;
    ByteBuffer state = ByteBuffer.allocate(1 + 4 * ints + bits.length);
    state.put((byte) (MARKS | (block.confirmed ? CONFIRMED : 0)));
    for (int[] marks : new int[][] {block.boundary, block.granted, block.top}) {
      Arrays.stream(marks).forEach(state::putInt);
    }
    return state.put(bits).array();
  }

  /** Moves a block forward to a state. */
  static void apply(byte[] octets, Block block) {
    ByteBuffer state = ByteBuffer.wrap(octets);
    byte flags = state.get();
    block.confirmed |= (flags & CONFIRMED) != 0;
    if ((flags & MARKS) != 0) {
      for (int i = 0; i < block.boundary.length; i++) {
        block.boundary[i] = Math.min(block.boundary[i], state.getInt());
      }
      for (int[] marks : new int[][] {block.granted, block.top}) {
        for (int i = 0; i < marks.length; i++) {
          marks[i] = Math.max(marks[i], state.getInt());
        }
      }
    }
    block.used.or(BitSet.valueOf(state));
  }
}
