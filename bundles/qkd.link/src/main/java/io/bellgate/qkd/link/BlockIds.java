package io.bellgate.qkd.link;

import io.bellgate.api.entropy.RandomBits;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * IDs of the blocks that links make: UUID version 8 (RFC 9562, section 5.8) that begins with {@code
 * 5144}, its tag keys with {@code 5154} and the same 106 random bits, or {@code 5150} for a carried
 * secret. So no producer resolves another's.
 */
final class BlockIds {
  private static final long BLOCK = 0x5144L << 48 | 0x8000L;
  private static final long TAGS = 0x5154L << 48 | 0x8000L;
  private static final long PAIRING = 0x5150L << 48 | 0x8000L;
  private static final long TAG_MASK = 0xffffL << 48 | 0xf000L;
  private static final long VARIANT = 0x2L << 62;
  private static final long VARIANT_MASK = 0x3L << 62;

  private BlockIds() {}

  static UUID drawBlock(RandomBits random) {
    return draw(random, BLOCK);
  }

  static UUID drawPairing(RandomBits random) {
    return draw(random, PAIRING);
  }

  private static UUID draw(RandomBits random, long tag) {
    byte[] octets = new byte[16];
    random.fill(octets);
    ByteBuffer bits = ByteBuffer.wrap(octets);
    return new UUID(bits.getLong() & ~TAG_MASK | tag, bits.getLong() & ~VARIANT_MASK | VARIANT);
  }

  /** The ID of the tag keys that belong to a block. */
  static UUID tagsOf(UUID block) {
    return new UUID(
        block.getMostSignificantBits() & ~TAG_MASK | TAGS, block.getLeastSignificantBits());
  }

  /** The block of an ID of either: itself, or the one that tag keys belong to. */
  static UUID blockOf(UUID id) {
    return new UUID(id.getMostSignificantBits() & ~TAG_MASK | BLOCK, id.getLeastSignificantBits());
  }

  static boolean isTags(UUID id) {
    return is(id, TAGS);
  }

  static boolean isBlock(UUID id) {
    return is(id, BLOCK);
  }

  static boolean isPairing(UUID id) {
    return is(id, PAIRING);
  }

  private static boolean is(UUID id, long tag) {
    return (id.getMostSignificantBits() & TAG_MASK) == tag
        && (id.getLeastSignificantBits() & VARIANT_MASK) == VARIANT;
  }
}
