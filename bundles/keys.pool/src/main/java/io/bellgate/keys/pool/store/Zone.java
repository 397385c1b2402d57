package io.bellgate.keys.pool.store;

/**
 * A part of a block whose chunks one site takes in rising order. Even chunks are lane 0, odd ones
 * lane 1; a lane's head belongs to the site it was born to, its tail (empty until something is
 * given away) to the other. Inside a lane chunks are counted by their place, from 0.
 */
public enum Zone {
  /** Of the lower site. */
  EVEN_HEAD,
  /** Given to the higher site. */
  EVEN_TAIL,
  /** Of the higher site. */
  ODD_HEAD,
  /** Given to the lower site. */
  ODD_TAIL;

  /** 0 or 1. */
  public int lane() {
    return ordinal() / 2;
  }

  /** Whether it is the part that was given away. */
  public boolean tail() {
    return ordinal() % 2 == 1;
  }

  /** The chunk at a place. */
  int chunk(int place) {
    return 2 * place + lane();
  }

  static Zone of(int lane, boolean tail) {
    return values()[2 * lane + (tail ? 1 : 0)];
  }
}
