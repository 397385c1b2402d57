package io.bellgate.qkd.cascade;

import java.util.Optional;

/**
 * Which odd blocks Bob bisects together, in lockstep down to the last bit. His choice alone: Alice
 * answers either way.
 */
enum Serve {
  /** Every odd block: few round trips. */
  ALL("all"),
  /**
   * All the smallest odd blocks, those that the fewest questions bisect: fewest disclosed bits,
   * since two of them seldom hold the same error.
   */
  MIN("min");

  final String text;

  Serve(String text) {
    this.text = text;
  }

  static Optional<Serve> named(String text) {
    for (Serve serve : values()) {
      if (serve.text.equals(text)) {
        return Optional.of(serve);
      }
    }
    return Optional.empty();
  }
}
