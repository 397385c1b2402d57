package io.bellgate.qkd.optics;

import io.bellgate.api.qkd.QuantumChannel.Source;
import io.bellgate.api.qkd.Role;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Messages as octets: {@code [length u32][type u8][body]}, big-endian, length counting type and
 * body. Positions are gaps in 7-bit groups, settings and outcomes two bits each, first in the
 * lowest bits.
 */
final class Wire {
  /** No frame is longer. */
  static final int MOST_OCTETS = 64 << 10;

  private static final int MOST_TEXT = 400;

  private Wire() {}

  private enum Type {
    HELLO,
    BEGIN,
    SETTINGS,
    WELCOME,
    BEGUN,
    ASK,
    CLICKED,
    PASSED,
    ENDED
  }

  /** A frame; the caller wipes it if it holds settings or outcomes. */
  static byte[] write(Message message) {
    ByteBuffer frame = ByteBuffer.allocate(MOST_OCTETS).position(5);
    Type type;
    if (message instanceof Message.Hello hello) {
      type = Type.HELLO;
      frame.put((byte) hello.version()).put((byte) hello.role().ordinal());
      text(text(frame, hello.link()), hello.site());
    } else if (message instanceof Message.Begin begin) {
      type = Type.BEGIN;
      frame.putLong(begin.block().getMostSignificantBits());
      frame.putLong(begin.block().getLeastSignificantBits()).putLong(begin.pulses());
    } else if (message instanceof Message.Settings settings) {
      type = Type.SETTINGS;
      twos(frame, settings.settings());
    } else if (message instanceof Message.Welcome welcome) {
      type = Type.WELCOME;
      frame.put((byte) welcome.version()).put((byte) welcome.source().ordinal());
      text(frame, welcome.description());
    } else if (message instanceof Message.Begun begun) {
      type = Type.BEGUN;
      text(frame, begun.description());
    } else if (message instanceof Message.Ask ask) {
      type = Type.ASK;
      batch(frame, ask.batch());
    } else if (message instanceof Message.Clicked clicked) {
      type = Type.CLICKED;
      twos(frame, clicked.outcomes());
    } else if (message instanceof Message.Ended ended) {
      type = Type.ENDED;
      text(frame, ended.reason());
    } else {
      type = Type.PASSED;
    }
    frame.putInt(0, frame.position() - 4).put(4, (byte) type.ordinal());
    byte[] exact = Arrays.copyOf(frame.array(), frame.position());
    Arrays.fill(frame.array(), 0, frame.position(), (byte) 0);
    return exact;
  }

  private static ByteBuffer text(ByteBuffer frame, String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(octets.length, MOST_TEXT);
    return frame.putShort((short) length).put(octets, 0, length);
  }

  private static void twos(ByteBuffer frame, byte[] values) {
    frame.putShort((short) values.length);
    for (int i = 0; i < values.length; i += 4) {
      int packed = 0;
      for (int j = Math.min(i + 3, values.length - 1); j >= i; j--) {
        packed = packed << 2 | values[j] & 3;
      }
      frame.put((byte) packed);
    }
  }

  private static void batch(ByteBuffer frame, Passage.Batch batch) {
    frame.putLong(batch.from()).putLong(batch.to()).putShort((short) batch.offsets().length);
    int before = -1;
    for (int offset : batch.offsets()) {
      int gap = offset - before - 1;
      for (; gap >= 0x80; gap >>>= 7) {
        frame.put((byte) (gap | 0x80));
      }
      frame.put((byte) gap);
      before = offset;
    }
  }

  /**
   * Reads a message; its length is checked before anything is allocated.
   *
   * @throws EOFException at the end, or inside a frame
   * @throws Malformed if it is none
   */
  static Message read(InputStream in) throws IOException {
    DataInputStream frames = new DataInputStream(in);
    int length = frames.readInt();
    if (length < 1 || length > MOST_OCTETS) {
      throw new Malformed("a frame has 1 to " + MOST_OCTETS + " octets: octets=" + length);
    }
    byte[] body = new byte[length];
    frames.readFully(body);
    try {
      DataInputStream data = new DataInputStream(new ByteArrayInputStream(body));
      Message message = read(choice(Type.values(), data.readUnsignedByte()), data);
      if (data.available() > 0) {
        throw new Malformed("a message ends where it says: type=" + body[0]);
      }
      return message;
    } catch (EOFException e) {
      throw new Malformed("a message is as long as it says: type=" + body[0]);
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  private static Message read(Type type, DataInputStream in) throws IOException {
    return switch (type) {
      case HELLO -> {
        int version = in.readUnsignedByte();
        Role role = choice(Role.values(), in.readUnsignedByte());
        yield new Message.Hello(version, name(in), role, name(in));
      }
      case BEGIN -> new Message.Begin(new UUID(in.readLong(), in.readLong()), pulses(in));
      case SETTINGS -> new Message.Settings(twos(in));
      case WELCOME ->
          new Message.Welcome(
              in.readUnsignedByte(), choice(Source.values(), in.readUnsignedByte()), text(in));
      case BEGUN -> new Message.Begun(text(in));
      case ASK -> new Message.Ask(batch(in));
      case CLICKED -> new Message.Clicked(twos(in));
      case PASSED -> new Message.Passed();
      case ENDED -> new Message.Ended(text(in));
    };
  }

  private static <T> T choice(T[] values, int index) throws Malformed {
    if (index >= values.length) {
      throw new Malformed("a value is one of " + values.length + ": value=" + index);
    }
    return values[index];
  }

  private static long pulses(DataInputStream in) throws IOException {
    long pulses = in.readLong();
    if (pulses < 1) {
      throw new Malformed("a block has at least one pulse: pulses=" + pulses);
    }
    return pulses;
  }

  private static String name(DataInputStream in) throws IOException {
    String name = text(in);
    if (!name.matches("[a-z0-9-]{1,40}")) {
      throw new Malformed("a link and a site have a name of [a-z0-9-]");
    }
    return name;
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readUnsignedShort();
    if (length > MOST_TEXT) {
      throw new Malformed("a text has at most " + MOST_TEXT + " octets: octets=" + length);
    }
    byte[] octets = new byte[length];
    in.readFully(octets);
    return new String(octets, StandardCharsets.UTF_8);
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    if (count > Passage.MOST) {
      throw new Malformed("a batch has at most " + Passage.MOST + " pulses: pulses=" + count);
    }
    return count;
  }

  private static byte[] twos(DataInputStream in) throws IOException {
    byte[] values = new byte[count(in)];
    int packed = 0;
    for (int i = 0; i < values.length; i++, packed >>= 2) {
      packed = (i & 3) == 0 ? in.readUnsignedByte() : packed;
      values[i] = (byte) (packed & 3);
    }
    return values;
  }

  private static Passage.Batch batch(DataInputStream in) throws IOException {
    long from = in.readLong();
    long to = in.readLong();
    if (from < 0 || to <= from || to - from > Integer.MAX_VALUE) {
      throw new Malformed("a batch is a range of pulses: from=" + from + " to=" + to);
    }
    int[] offsets = new int[count(in)];
    long before = -1;
    for (int i = 0; i < offsets.length; i++) {
      long gap = 0;
      int octet = 0x80;
      for (int shift = 0; (octet & 0x80) != 0 && shift < 35; shift += 7) {
        octet = in.readUnsignedByte();
        gap |= (octet & 0x7fL) << shift;
      }
      before += 1 + gap;
      if (before >= to - from) {
        throw new Malformed("pulses lie in their batch: offset=" + before);
      }
      offsets[i] = (int) before;
    }
    return new Passage.Batch(from, to, offsets);
  }
}
