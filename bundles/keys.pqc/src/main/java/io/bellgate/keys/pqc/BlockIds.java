package io.bellgate.keys.pqc;

import io.bellgate.api.entropy.RandomBits;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * IDs of the blocks that this bundle makes: UUID version 8 (RFC 9562, section 5.8) that begins with
 * {@code 5051}, 106 random bits. So it never resolves a block of another producer.
 */
final class BlockIds {
  private static final long TAG = 0x5051L << 48 | 0x8000L;
  private static final long TAG_MASK = 0xffffL << 48 | 0xf000L;
  private static final long VARIANT = 0x2L << 62;
  private static final long VARIANT_MASK = 0x3L << 62;

  private BlockIds() {}

  static UUID draw(RandomBits random) {
    byte[] octets = new byte[16];
    random.fill(octets);
    ByteBuffer bits = ByteBuffer.wrap(octets);
    return new UUID(bits.getLong() & ~TAG_MASK | TAG, bits.getLong() & ~VARIANT_MASK | VARIANT);
  }

  static boolean isOurs(UUID id) {
    return (id.getMostSignificantBits() & TAG_MASK) == TAG
        && (id.getLeastSignificantBits() & VARIANT_MASK) == VARIANT;
  }
}
