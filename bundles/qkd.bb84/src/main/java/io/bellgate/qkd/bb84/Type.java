package io.bellgate.qkd.bb84;

/** What a message is; its first octet. */
enum Type {
  /** Both ends: version, role, source, digest of the plan. */
  OPENING,
  /** Both ends: the openings agree. */
  READY,
  /** Bob: a part of the positions that clicked, and his bases. */
  DETECTED,
  /** Alice: where bases agree, which bits are the key, her bits of the test basis. */
  COMPARED,
  /** Bob: his bits of the test basis. */
  TESTED,
  /** Alice: there is a key. */
  AGREED,
  /** Either: there is none. */
  ABORTED;

  int code() {
    return ordinal() + 1;
  }
}
