package io.bellgate.qkd.cascade;

/**
 * One pass: the key in an order of its own, cut into top blocks of equal size, of which the last
 * has what is left. Every block is cut in the middle into a first and a second half, down to single
 * bits. All but the key's bits is public and the same at both ends.
 *
 * @param order of the key's bits
 * @param length bits of the key
 * @param blockBits positions of each top block but the last
 * @param blocks how many top blocks
 */
record Pass(Order order, int length, int blockBits, int blocks) {
  static Pass cut(Order order, int length, int blockBits) {
    return new Pass(order, length, blockBits, (length + blockBits - 1) / blockBits);
  }

  static Pass halves(Order.Halved order, int length) {
    return new Pass(order, length, order.first(), 2);
  }

  int from(int block) {
    return block * blockBits;
  }

  int to(int block) {
    return block == blocks - 1 ? length : (block + 1) * blockBits;
  }

  int blockAt(int position) {
    return Math.min(position / blockBits, blocks - 1);
  }

  /** Where a block's second half begins. */
  static int middle(int from, int to) {
    return (from + to) >>> 1;
  }

  /** The parity of a block's first half: what a question is about. */
  boolean firstHalf(long node) {
    return order.parity(Node.from(node), Pass.middle(Node.from(node), Node.to(node)));
  }
}
