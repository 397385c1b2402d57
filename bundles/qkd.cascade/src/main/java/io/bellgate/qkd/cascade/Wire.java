package io.bellgate.qkd.cascade;

import io.bellgate.api.qkd.ChannelBroken;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The messages, version 1. The first octet says which; numbers are big endian; bits are packed from
 * the least significant of each octet, and what is left of the last octet is zero.
 *
 * <pre>
 * OPEN     version u8, variant (length u8, ASCII), key bits u32, QBER f64, seed 32 octets
 * PASS
 * BISECT   for each block, by rising place: place (difference to the one before, varint), depth u8
 * DESCEND  for each block of the last question one bit: 1 = the first half is odd
 * DONE
 * ANSWER   one parity bit for each block that was asked about
 * </pre>
 *
 * Bob sends all but ANSWER; every message but DONE is answered. OPEN opens the first pass, PASS the
 * next one: answered by the parities of its top blocks. BISECT names blocks, and DESCEND goes on in
 * halves of those just asked about: both are answered by the parities of the first halves of those
 * that have more than one bit. A place is pass times key bits plus first position.
 */
final class Wire {
  static final byte VERSION = 1;
  static final byte OPEN = 1;
  static final byte PASS = 2;
  static final byte BISECT = 3;
  static final byte DESCEND = 4;
  static final byte DONE = 5;
  static final byte ANSWER = 6;

  private static final int MOST_NAME = 16;
  private static final int MOST_VARINT = 4;

  private Wire() {}

  /** What Bob says first. */
  record Opening(String variant, int length, double qber, byte[] seed) {
    byte[] encode() {
      byte[] name = variant.getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.allocate(15 + name.length + PublicBits.SEED_OCTETS)
          .put(OPEN)
          .put(VERSION)
          .put((byte) name.length)
          .put(name)
          .putInt(length)
          .putDouble(qber)
          .put(seed)
          .array();
    }

    static Opening decode(byte[] message) throws ChannelBroken {
      if (message.length < 3 || message[0] != OPEN || message[1] != VERSION) {
        throw malformed("the first message is OPEN of version " + VERSION, head(message));
      }
      int name = message[2] & 0xff;
      if (name > MOST_NAME || message.length != 15 + name + PublicBits.SEED_OCTETS) {
        throw malformed("an OPEN is as long as it says", head(message));
      }
      ByteBuffer rest = ByteBuffer.wrap(message, 3, message.length - 3);
      byte[] text = new byte[name];
      rest.get(text);
      for (byte octet : text) {
        if (octet <= ' ' || octet > '~') {
          throw malformed("a variant's name is printable", head(message));
        }
      }
      int length = rest.getInt();
      double qber = rest.getDouble();
      byte[] seed = new byte[PublicBits.SEED_OCTETS];
      rest.get(seed);
      return new Opening(new String(text, StandardCharsets.US_ASCII), length, qber, seed);
    }
  }

  /** A message that is nothing but bits. */
  static byte[] bits(byte type, boolean[] bits, int count) {
    byte[] message = new byte[1 + (count + 7) / 8];
    message[0] = type;
    for (int i = 0; i < count; i++) {
      if (bits[i]) {
        message[1 + (i >>> 3)] |= (byte) (1 << (i & 7));
      }
    }
    return message;
  }

  static boolean[] bits(byte[] message, byte type, int count) throws ChannelBroken {
    if (message.length != 1 + (count + 7) / 8 || message[0] != type) {
      throw malformed("a message of type " + type + " has " + count + " bits", head(message));
    }
    if ((count & 7) != 0 && (message[message.length - 1] & 0xff) >>> (count & 7) != 0) {
      throw malformed("what is left of the last octet is zero", head(message));
    }
    boolean[] bits = new boolean[count];
    for (int i = 0; i < count; i++) {
      bits[i] = (message[1 + (i >>> 3)] >>> (i & 7) & 1) != 0;
    }
    return bits;
  }

  /**
   * Names blocks.
   *
   * @param nodes rising
   */
  static byte[] bisect(long[] nodes, int length) {
    ByteBuffer message = ByteBuffer.allocate(1 + nodes.length * (MOST_VARINT + 1)).put(BISECT);
    int before = 0;
    for (long node : nodes) {
      int place = Node.pass(node) * length + Node.from(node);
      int difference = place - before;
      for (; difference >= 0x80; difference >>>= 7) {
        message.put((byte) (difference | 0x80));
      }
      message.put((byte) difference).put((byte) Node.depth(node));
      before = place;
    }
    return Arrays.copyOf(message.array(), message.position());
  }

  /** The blocks that a BISECT names: all exist, have more than one bit, and rise. */
  static long[] bisect(byte[] message, Layout layout) throws ChannelBroken {
    ByteBuffer rest = ByteBuffer.wrap(message, 1, message.length - 1);
    long[] nodes = new long[(int) Math.min(rest.remaining() / 2, layout.mostParities())];
    long place = 0;
    int count = 0;
    while (rest.hasRemaining()) {
      long difference = varint(rest);
      place += difference;
      if (count == nodes.length
          || count > 0 && difference == 0
          || place >= (long) layout.opened() * layout.length()
          || !rest.hasRemaining()) {
        throw malformed("places rise and lie in open passes", "place=" + place + " count=" + count);
      }
      nodes[count++] = node(layout, (int) place, rest.get() & 0xff);
    }
    if (count == 0) {
      throw malformed("a BISECT names at least one block", head(message));
    }
    return Arrays.copyOf(nodes, count);
  }

  private static long node(Layout layout, int place, int depth) throws ChannelBroken {
    int number = place / layout.length();
    int position = place % layout.length();
    Pass pass = layout.pass(number);
    int block = pass.blockAt(position);
    long node = Node.of(number, pass.from(block), pass.to(block), 0);
    while (Node.depth(node) < depth && Node.size(node) > 1) {
      node = Node.half(node, position < Pass.middle(Node.from(node), Node.to(node)));
    }
    if (Node.depth(node) != depth || Node.from(node) != position || Node.size(node) < 2) {
      throw malformed(
          "a block begins at its place and has more than one bit",
          "place=" + place + " depth=" + depth);
    }
    return node;
  }

  private static int varint(ByteBuffer rest) throws ChannelBroken {
    int value = 0;
    for (int i = 0; i < MOST_VARINT && rest.hasRemaining(); i++) {
      byte octet = rest.get();
      value |= (octet & 0x7f) << 7 * i;
      if (octet >= 0) {
        if (octet == 0 && i > 0) {
          break;
        }
        return value;
      }
    }
    throw malformed(
        "a number takes at most " + MOST_VARINT + " octets and no more than it needs",
        "octetsLeft=" + rest.remaining());
  }

  static ChannelBroken malformed(String rule, String values) {
    return new ChannelBroken(
        ChannelBroken.Reason.MALFORMED,
        "BG-CASCADE-003 " + rule + ": " + values + ": update both ends to one version");
  }

  static String head(byte[] message) {
    return "octets=" + message.length + " type=" + (message.length == 0 ? "none" : message[0]);
  }
}
