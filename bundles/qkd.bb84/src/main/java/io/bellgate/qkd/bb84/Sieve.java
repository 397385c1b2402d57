package io.bellgate.qkd.bb84;

/**
 * An end's bits where both chose the same basis, in order of position.
 *
 * @param key those of the key basis Z; secret
 * @param test those of the test basis X; will be said in public
 */
record Sieve(Bits key, Bits test) implements AutoCloseable {
  /**
   * Sifts.
   *
   * @param values an end's bits, one for each detection
   * @param bases Bob's, set for X
   * @param matching set where Alice's basis is the same
   */
  static Sieve of(Bits values, Bits bases, Bits matching) {
    return new Sieve(values.where(matching, bases, false), values.where(matching, bases, true));
  }

  @Override
  public void close() {
    key.close();
    test.close();
  }
}
