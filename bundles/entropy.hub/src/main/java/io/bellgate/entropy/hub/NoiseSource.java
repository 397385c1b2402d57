package io.bellgate.entropy.hub;

import java.io.IOException;

/** Where raw octets come from. Used under the lock of {@link OsRandomBits} only. */
interface NoiseSource extends AutoCloseable {
  /**
   * Its name for operators, for example {@code os:/dev/urandom}.
   *
   * @return never changes
   */
  String name();

  /**
   * Fills an array.
   *
   * @param octets filled completely
   * @throws IOException if the source gives no more
   */
  void read(byte[] octets) throws IOException;

  @Override
  default void close() {}
}
