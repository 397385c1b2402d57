package io.bellgate.peer.link.tls;

import org.bouncycastle.tls.NamedGroup;

/**
 * The one group of a channel (RFC 10024). No other is offered or taken, so none can be talked to.
 */
public enum Group {
  /** X25519 with ML-KEM-768: what is usual. */
  X25519MLKEM768(NamedGroup.X25519MLKEM768, "X25519MLKEM768"),
  /** NIST P-384 with ML-KEM-1024: where a profile wants FIPS curves and category 5. */
  SECP384R1MLKEM1024(NamedGroup.SecP384r1MLKEM1024, "SecP384r1MLKEM1024");

  private final int codePoint;
  private final String standardName;

  Group(int codePoint, String standardName) {
    this.codePoint = codePoint;
    this.standardName = standardName;
  }

  int codePoint() {
    return codePoint;
  }

  /** The name in the standard and in the registry of algorithms. */
  public String standardName() {
    return standardName;
  }

  /**
   * Reads a configuration.
   *
   * @throws IllegalArgumentException if it names no group
   */
  public static Group of(String name) {
    for (Group group : values()) {
      if (group.standardName.equals(name)) {
        return group;
      }
    }
    throw new IllegalArgumentException(
        "BG-PEER-007 group is X25519MLKEM768 or SecP384r1MLKEM1024: value=" + name);
  }
}
