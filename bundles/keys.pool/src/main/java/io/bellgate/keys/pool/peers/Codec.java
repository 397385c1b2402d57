package io.bellgate.keys.pool.peers;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** The parts that messages are made of. What is malformed is refused with BG-POOL-003. */
final class Codec {
  /** The most entries of one message: 44 octets each fit into a body of 65,536. */
  static final int MOST = 1_000;

  private static final int VERSION = 1;
  private static final int MOST_OCTETS = 65_536;

  private Codec() {}

  static int type(byte[] message) {
    if (message.length < 2 || message[0] != VERSION) {
      throw malformed();
    }
    return message[1];
  }

  static byte[] write(int type, int room, Consumer<ByteBuffer> body) {
    ByteBuffer out = ByteBuffer.allocate(2 + room).put((byte) VERSION).put((byte) type);
    body.accept(out);
    return Arrays.copyOf(out.array(), out.position());
  }

  static <T> T read(byte[] message, int expected, Function<ByteBuffer, T> body) {
    if (type(message) != expected || message.length > MOST_OCTETS) {
      throw malformed();
    }
    try {
      ByteBuffer in = ByteBuffer.wrap(message, 2, message.length - 2);
      T read = body.apply(in);
      if (in.hasRemaining()) {
        throw malformed();
      }
      return read;
    } catch (BufferUnderflowException tooShort) {
      throw malformed();
    }
  }

  static IllegalArgumentException malformed() {
    return new IllegalArgumentException("BG-POOL-003 a message between pools is malformed");
  }

  static <T> void list(ByteBuffer out, List<T> all, BiConsumer<ByteBuffer, T> one) {
    out.putShort((short) all.size());
    all.forEach(item -> one.accept(out, item));
  }

  static <T> List<T> list(ByteBuffer in, int octets, Function<ByteBuffer, T> one) {
    int count = Short.toUnsignedInt(in.getShort());
    if (count > MOST || in.remaining() != count * octets) {
      throw malformed();
    }
    List<T> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(one.apply(in));
    }
    return all;
  }

  static void id(ByteBuffer out, UUID id) {
    out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  static UUID id(ByteBuffer in) {
    return new UUID(in.getLong(), in.getLong());
  }

  static void flag(ByteBuffer out, boolean flag) {
    out.put((byte) (flag ? 1 : 0));
  }

  static boolean flag(ByteBuffer in) {
    byte flag = in.get();
    if (flag < 0 || flag > 1) {
      throw malformed();
    }
    return flag == 1;
  }

  static <T> T nth(T[] values, byte number) {
    if (number < 0 || number >= values.length) {
      throw malformed();
    }
    return values[number];
  }
}
