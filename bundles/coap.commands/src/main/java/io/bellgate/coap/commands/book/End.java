package io.bellgate.coap.commands.book;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How a command ended. */
public enum End {
  /** The node says that it did it. */
  DONE,
  /** The node says that it cannot. */
  FAILED,
  /** Its time passed before the node answered. */
  EXPIRED,
  /** Too many commands waited for the node, or for all nodes. */
  OVERFLOWED,
  /** An operator of the node's site took it back. */
  CANCELLED,
  /** The node's site does not take it. */
  REFUSED;

  /** For reports and lists. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the node said so itself. */
  public boolean byNode() {
    return this == DONE || this == FAILED;
  }

  /** The end with a word, if there is one. */
  public static Optional<End> of(String word) {
    return Stream.of(values()).filter(e -> e.word().equals(word)).findFirst();
  }
}
