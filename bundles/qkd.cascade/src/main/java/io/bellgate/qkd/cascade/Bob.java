package io.bellgate.qkd.cascade;

import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Bob's end, which drives: he opens pass after pass, and bisects odd blocks until none is left. A
 * flipped bit flips the parity of every known block that holds it, in all passes.
 *
 * <p>Ends whatever Alice answers: each lockstep flips a bit that was never flipped before, or shows
 * that her answers contradict each other; and parities are bounded.
 */
final class Bob {
  private final Serve serve;
  private final Layout layout;
  private final long[] key;
  private final ClassicalChannel channel;
  private final List<Tree> trees = new ArrayList<>();
  private final BitSet corrected = new BitSet();
  private long[] pending = new long[64];
  private int pendingCount;
  private long learned;
  private int roundTrips;

  /**
   * Has said nothing yet.
   *
   * @param layout over {@code key}
   * @param key working copy of his key, corrected in place; the caller wipes it
   */
  Bob(Layout layout, Serve serve, long[] key, ClassicalChannel channel) {
    this.layout = layout;
    this.serve = serve;
    this.key = key;
    this.channel = channel;
  }

  /** Parity bits that Alice told. */
  long learned() {
    return learned;
  }

  int roundTrips() {
    return roundTrips;
  }

  int corrected() {
    return corrected.cardinality();
  }

  /**
   * Corrects the key.
   *
   * @param opening what to say first
   */
  void run(byte[] opening) throws ChannelBroken, InterruptedException {
    byte[] question = opening;
    boolean more = true;
    while (more) {
      pass(question);
      more = serve() && layout.opened() < layout.variant.passes;
      question = new byte[] {Wire.PASS};
    }
    channel.send(new byte[] {Wire.DONE});
  }

  private boolean[] ask(byte[] question, int parities) throws ChannelBroken, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("a reconciliation was cancelled");
    }
    channel.send(question);
    boolean[] answer = Wire.bits(channel.receive(), Wire.ANSWER, parities);
    learned += parities;
    roundTrips++;
    return answer;
  }

  private void pass(byte[] question) throws ChannelBroken, InterruptedException {
    int number = layout.opened();
    Pass pass = layout.open();
    Tree tree = new Tree(number, pass);
    trees.add(tree);
    int told = layout.told(number);
    boolean[] answer = ask(question, told);
    boolean oddSoFar = false;
    for (int i = 0; i < told; i++) {
      if (answer[i] != pass.order().parity(pass.from(i), pass.to(i))) {
        pend(tree.oddBlock(i));
        oddSoFar ^= true;
      }
    }
    // no known block is odd when a later pass opens, so the whole key is even
    if (told < pass.blocks() && oddSoFar) {
      pend(tree.oddBlock(told));
    }
  }

  private void pend(long node) {
    if (pendingCount == pending.length) {
      pending = Arrays.copyOf(pending, 2 * pendingCount);
    }
    pending[pendingCount++] = node;
  }

  /** Bisects until no known block is odd; false if that is not worth it. */
  private boolean serve() throws ChannelBroken, InterruptedException {
    for (long[] nodes = take(); nodes.length > 0; nodes = take()) {
      long most = 0;
      for (long node : nodes) {
        most += Node.questions(node);
      }
      if (learned + most > layout.worthwhileParities()) {
        return false;
      }
      correct(bisect(nodes));
    }
    return true;
  }

  /**
   * Takes the odd blocks to serve next, rising, and forgets those that are no longer odd leaves.
   */
  private long[] take() {
    int count = 0;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < pendingCount; i++) {
      if (trees.get(Node.pass(pending[i])).isOddLeaf(pending[i])) {
        pending[count++] = pending[i];
        least = Math.min(least, Node.questions(pending[i]));
      }
    }
    long[] taken = new long[count];
    int takenCount = 0;
    pendingCount = 0;
    for (int i = 0; i < count; i++) {
      if (serve == Serve.ALL || Node.questions(pending[i]) == least) {
        taken[takenCount++] = pending[i];
      } else {
        pending[pendingCount++] = pending[i];
      }
    }
    return rising(taken, takenCount);
  }

  private static long[] rising(long[] nodes, int count) {
    Arrays.sort(nodes, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (i == 0 || nodes[i] != nodes[i - 1]) {
        nodes[distinct++] = nodes[i];
      }
    }
    return Arrays.copyOf(nodes, distinct);
  }

  /**
   * Bisects odd blocks in lockstep.
   *
   * @param nodes rising
   * @return for each the one bit where it ended, as blocks
   */
  private long[] bisect(long[] nodes) throws ChannelBroken, InterruptedException {
    long[] open = Arrays.stream(nodes).filter(n -> Node.size(n) > 1).toArray();
    long[] single = Arrays.stream(nodes).filter(n -> Node.size(n) == 1).toArray();
    long[] ends = Arrays.copyOf(single, nodes.length);
    int ended = single.length;
    boolean[] firstOdd = new boolean[open.length];
    int count = open.length;
    byte[] question = Wire.bisect(open, layout.length());
    while (count > 0) {
      int asked = count;
      boolean[] answer = ask(question, asked);
      count = 0;
      for (int i = 0; i < asked; i++) {
        long node = open[i];
        firstOdd[i] = answer[i] != layout.pass(Node.pass(node)).firstHalf(node);
        if (layout.variant.reuse) {
          trees.get(Node.pass(node)).cut(node, firstOdd[i]);
        }
        long half = Node.half(node, firstOdd[i]);
        if (Node.size(half) == 1) {
          ends[ended++] = half;
        } else {
          open[count++] = half;
        }
      }
      question = Wire.bits(Wire.DESCEND, firstOdd, asked);
    }
    return ends;
  }

  private void correct(long[] ends) throws ChannelBroken {
    int[] bits = new int[ends.length];
    for (int i = 0; i < ends.length; i++) {
      bits[i] = layout.pass(Node.pass(ends[i])).order().bit(Node.from(ends[i]));
      if (corrected.get(bits[i])) {
        throw new ChannelBroken(
            ChannelBroken.Reason.MALFORMED,
            "BG-CASCADE-004 a corrected bit is right: roundTrips="
                + roundTrips
                + ": the peer's parities contradict each other; its answers were changed on the"
                + " way, or it is broken");
      }
    }
    for (int bit : bits) {
      if (!corrected.get(bit)) {
        flip(bit);
      }
    }
  }

  private void flip(int bit) {
    corrected.set(bit);
    key[bit >>> 6] ^= 1L << bit;
    for (int i = 0; i < trees.size(); i++) {
      layout.pass(i).order().flipped(bit);
      long node = trees.get(i).flipped(bit);
      if (node != Tree.NONE) {
        pend(node);
      }
    }
  }
}
