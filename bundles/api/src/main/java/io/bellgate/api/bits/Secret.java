package io.bellgate.api.bits;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Secret octets with a known end of life.
 *
 * <p>Octets are copied in and lent out; they never leave as a field or a return value of this
 * class. Whoever holds a {@code Secret} owns it and destroys it. All methods are safe for use by
 * several threads; {@link #destroy} waits for running loans.
 *
 * <p>Security: wiping is best effort. Copies that a library makes of lent octets, and copies that
 * the virtual machine makes when it moves objects, are out of reach.
 */
public final class Secret implements AutoCloseable {
  private final byte[] octets;
  private boolean destroyed;

  private Secret(byte[] octets) {
    this.octets = octets;
  }

  /**
   * Copies octets in; the caller still owns and wipes its array.
   *
   * @param octets the secret, at least one octet
   * @return a secret that the caller owns
   * @throws IllegalArgumentException if {@code octets} is empty
   */
  public static Secret copyOf(byte[] octets) {
    if (octets.length == 0) {
      throw new IllegalArgumentException("a secret has at least one octet: octets=0");
    }
    return new Secret(octets.clone());
  }

  /**
   * Takes an array over: copies it in and wipes the caller's array.
   *
   * @param octets the secret, at least one octet; all zero afterwards
   * @return a secret that the caller owns
   * @throws IllegalArgumentException if {@code octets} is empty
   */
  public static Secret absorb(byte[] octets) {
    Secret secret = copyOf(octets);
    Arrays.fill(octets, (byte) 0);
    return secret;
  }

  /**
   * The length.
   *
   * @return octets, at least 1; known even after {@link #destroy}
   */
  public int length() {
    return octets.length;
  }

  /**
   * Lends the octets to a function. The function must not keep the array nor change it.
   *
   * @param <R> what the function makes of them
   * @param use called once, on this thread
   * @return what {@code use} returned
   * @throws IllegalStateException if the secret is destroyed
   */
  public synchronized <R> R lend(Function<byte[], R> use) {
    if (destroyed) {
      throw new IllegalStateException("a destroyed secret cannot be used: octets=" + octets.length);
    }
    return use.apply(octets);
  }

  /**
   * Lends the octets to a consumer, on the terms of {@link #lend}.
   *
   * @param use called once, on this thread
   * @throws IllegalStateException if the secret is destroyed
   */
  public void use(Consumer<byte[]> use) {
    lend(
        o -> {
          use.accept(o);
          return null;
        });
  }

  /**
   * A copy of a part, as a secret of its own.
   *
   * @param offset first octet, from 0
   * @param length octets, at least 1
   * @return a secret that the caller owns
   * @throws IndexOutOfBoundsException if the part is not inside this secret
   * @throws IllegalStateException if the secret is destroyed
   */
  public Secret part(int offset, int length) {
    Objects.checkFromIndexSize(offset, length, octets.length);
    return lend(o -> new Secret(Arrays.copyOfRange(o, offset, offset + length)));
  }

  /**
   * Compares in constant time for secrets of equal length.
   *
   * @param other the secret to compare with
   * @return true if both hold the same octets
   * @throws IllegalStateException if either is destroyed
   */
  public boolean matches(Secret other) {
    byte[] copy = other.lend(byte[]::clone);
    try {
      return lend(o -> MessageDigest.isEqual(o, copy));
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /** Wipes the octets. Calling it again does nothing. */
  public synchronized void destroy() {
    destroyed = true;
    Arrays.fill(octets, (byte) 0);
  }

  /** The same as {@link #destroy}. */
  @Override
  public void close() {
    destroy();
  }

  /**
   * Tells the length and nothing else.
   *
   * @return for logs
   */
  @Override
  public String toString() {
    return "Secret[" + octets.length + " octets]";
  }
}
