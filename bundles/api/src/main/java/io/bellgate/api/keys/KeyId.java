package io.bellgate.api.keys;

import java.util.Objects;
import java.util.UUID;

/**
 * Names a key: octets inside a block that both ends confirmed. Not secret.
 *
 * <p>A key longer than a chunk goes on in every second chunk after its first one, since chunks of
 * the two ends alternate: offset 32 and length 96 are chunks 1, 3 and 5.
 *
 * @param block the block
 * @param offset first octet inside the block, from 0
 * @param length octets, at least 1
 */
public record KeyId(UUID block, int offset, int length) {

  /**
   * Checks the range.
   *
   * @param block as above
   * @param offset as above
   * @param length as above
   * @throws IllegalArgumentException if {@code offset} is negative or {@code length} below 1
   */
  public KeyId {
    Objects.requireNonNull(block, "block");
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException(
          "a key has offset >= 0 and length >= 1: offset=" + offset + " length=" + length);
    }
  }

  /**
   * The text form {@code BLOCK:OFFSET:LENGTH}.
   *
   * @return parsed again by {@link #parse}
   */
  @Override
  public String toString() {
    return block + ":" + offset + ":" + length;
  }

  /**
   * Reads the text form.
   *
   * @param text {@code BLOCK:OFFSET:LENGTH}
   * @return the key ID
   * @throws IllegalArgumentException if the text is not one
   */
  public static KeyId parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3 || parts[0].length() != 36) {
      throw new IllegalArgumentException("a key ID is BLOCK:OFFSET:LENGTH: parts=" + parts.length);
    }
    return new KeyId(
        UUID.fromString(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }
}
