package io.bellgate.qkd.link.channel;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/**
 * A frame of the peer service {@code qkd.link}: version (1 octet), type (1), conversation (16),
 * body.
 *
 * @param type what it is
 * @param conversation which block or resolution it belongs to
 * @param body at most {@link #MAX_BODY_OCTETS}
 */
public record Frame(Type type, UUID conversation, byte[] body) {
  /** The most octets of a body. */
  public static final int MAX_BODY_OCTETS = 60_000;

  private static final int VERSION = 1;
  private static final int HEADER_OCTETS = 18;

  /** The number on the wire is the ordinal. */
  public enum Type {
    /** Begins a conversation; the body says which. */
    START,
    /** Part of a message; more follow. */
    PART,
    /** The last part of a message. */
    MESSAGE,
    /** Key ID (block 16, offset 4) and tag (16). */
    TAG,
    /** This end gave the conversation up; the body says why, in words. */
    CUT
  }

  /**
   * Writes it.
   *
   * @return octets
   */
  public byte[] encode() {
    return ByteBuffer.allocate(HEADER_OCTETS + body.length)
        .put((byte) VERSION)
        .put((byte) type.ordinal())
        .putLong(conversation.getMostSignificantBits())
        .putLong(conversation.getLeastSignificantBits())
        .put(body)
        .array();
  }

  /**
   * Reads one from outside.
   *
   * @param octets as received
   * @return the frame
   * @throws IllegalArgumentException with code BG-LINK-001 if it is malformed
   */
  public static Frame decode(byte[] octets) {
    if (octets.length < HEADER_OCTETS
        || octets.length > HEADER_OCTETS + MAX_BODY_OCTETS
        || octets[0] != VERSION
        || octets[1] < 0
        || octets[1] >= Type.values().length) {
      throw new IllegalArgumentException("BG-LINK-001 a qkd.link frame is malformed");
    }
    ByteBuffer in = ByteBuffer.wrap(octets, 2, 16);
    return new Frame(
        Type.values()[octets[1]],
        new UUID(in.getLong(), in.getLong()),
        Arrays.copyOfRange(octets, HEADER_OCTETS, octets.length));
  }
}
