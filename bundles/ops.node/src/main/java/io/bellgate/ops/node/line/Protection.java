package io.bellgate.ops.node.line;

/** What protects what a node says. */
public enum Protection {
  /** Nothing. */
  PLAIN,
  /** DTLS 1.2 with a pre-shared key. */
  DTLS,
  /** OSCORE. */
  OSCORE
}
