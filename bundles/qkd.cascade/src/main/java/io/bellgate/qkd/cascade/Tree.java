package io.bellgate.qkd.cascade;

import java.util.BitSet;

/**
 * What Bob knows about the parities of one pass: for each top block a tree of halves whose parities
 * are known. Its leaves, the smallest known blocks, lie side by side over all positions, so a leaf
 * is named by its first position, and a cut block by its middle. Of inner blocks nothing needs to
 * be kept: an odd one has an odd half.
 */
final class Tree {
  static final long NONE = -1;

  private final int number;
  private final Pass pass;
  private final BitSet odd;
  private final BitSet cut;

  Tree(int number, Pass pass) {
    this.number = number;
    this.pass = pass;
    this.odd = new BitSet(pass.length());
    this.cut = new BitSet(pass.length());
  }

  /** Notes that a top block is odd. */
  long oddBlock(int block) {
    odd.set(pass.from(block));
    return Node.of(number, pass.from(block), pass.to(block), 0);
  }

  /** Notes the parities of an odd leaf's halves: one of them is odd. */
  void cut(long node, boolean firstOdd) {
    int middle = Pass.middle(Node.from(node), Node.to(node));
    cut.set(middle);
    odd.set(Node.from(node), firstOdd);
    odd.set(middle, !firstOdd);
  }

  /** Whether a block that once was an odd leaf is one now. */
  boolean isOddLeaf(long node) {
    int from = Node.from(node);
    return odd.get(from) && (Node.size(node) == 1 || !cut.get(Pass.middle(from, Node.to(node))));
  }

  /**
   * Notes that a bit of the key was flipped.
   *
   * @return the leaf that holds it if that is odd now, else {@link #NONE}
   */
  long flipped(int bit) {
    int position = pass.order().position(bit);
    int block = pass.blockAt(position);
    int from = pass.from(block);
    int to = pass.to(block);
    int depth = 0;
    while (to - from > 1) {
      int middle = Pass.middle(from, to);
      if (!cut.get(middle)) {
        break;
      }
      if (position < middle) {
        to = middle;
      } else {
        from = middle;
      }
      depth++;
    }
    odd.flip(from);
    return odd.get(from) ? Node.of(number, from, to, depth) : NONE;
  }
}
