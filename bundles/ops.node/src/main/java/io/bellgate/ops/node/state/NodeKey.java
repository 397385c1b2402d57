package io.bellgate.ops.node.state;

import io.bellgate.api.bits.Secret;

/**
 * A key of a node.
 *
 * @param identity of it, printable ASCII without spaces
 * @param secret 32 octets, which the state owns
 * @param generation that the gateway gave, from 0
 * @param sequence the lowest OSCORE sender sequence number that was never used under it
 */
public record NodeKey(String identity, Secret secret, int generation, long sequence) {
  /** Octets of a key. */
  public static final int OCTETS = 32;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if there can be no such key
   */
  public NodeKey {
    if (secret.length() != OCTETS || !identity.matches("[!-~]{1,128}") || sequence < 0) {
      throw new IllegalArgumentException(
          "a key has 32 octets and an identity of 1 to 128 printable characters: octets="
              + secret.length());
    }
  }

  /** The same with another lowest number. */
  NodeKey withSequence(long lowest) {
    return new NodeKey(identity, secret, generation, lowest);
  }
}
