package io.bellgate.keys.pool;

import java.nio.ByteBuffer;
import java.util.UUID;

/** UUIDs as 16 octets, big-endian (RFC 9562). */
final class Uuids {
  private Uuids() {}

  static byte[] octets(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  static UUID of(byte[] octets) {
    ByteBuffer in = ByteBuffer.wrap(octets);
    return new UUID(in.getLong(), in.getLong());
  }
}
