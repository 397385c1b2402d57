package io.bellgate.qkd.cascade;

/**
 * A block of some pass as one long, so that many of them are sorted and kept without objects: pass,
 * first position, end, and depth below its top block, in the order of their significance.
 */
final class Node {
  private static final int POSITION = (1 << 24) - 1;

  private Node() {}

  static long of(int pass, int from, int to, int depth) {
    return (long) pass << 56 | (long) from << 32 | (long) to << 8 | depth;
  }

  static int pass(long node) {
    return (int) (node >>> 56);
  }

  static int from(long node) {
    return (int) (node >>> 32) & POSITION;
  }

  static int to(long node) {
    return (int) (node >>> 8) & POSITION;
  }

  static int depth(long node) {
    return (int) node & 0xff;
  }

  static int size(long node) {
    return to(node) - from(node);
  }

  /** The most questions that bisecting the block takes: the binary logarithm, rounded up. */
  static int questions(long node) {
    return 32 - Integer.numberOfLeadingZeros(size(node) - 1);
  }

  static long half(long node, boolean first) {
    int middle = Pass.middle(from(node), to(node));
    return first
        ? of(pass(node), from(node), middle, depth(node) + 1)
        : of(pass(node), middle, to(node), depth(node) + 1);
  }
}
