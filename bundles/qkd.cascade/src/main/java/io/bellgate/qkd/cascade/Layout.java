package io.bellgate.qkd.cascade;

import java.util.ArrayList;
import java.util.List;

/**
 * The passes of one block of key, opened one after the other. From the same variant, length, error
 * rate and seed both ends get the same passes.
 *
 * <p>The first pass has the key's own order: errors of a quantum channel are independent, and where
 * they are not, later passes scatter them.
 */
final class Layout {
  final Variant variant;
  private final long[] key;
  private final int length;
  private final int[] blockBits;
  private final PublicBits random;
  private final List<Pass> passes = new ArrayList<>();

  /**
   * Begins with no pass open.
   *
   * @param variant of both ends
   * @param key this end's working copy; orders look into it
   * @param length bits of the key
   * @param qber expected, in [0, 0.25]
   * @param seed public, of this block of key alone
   */
  Layout(Variant variant, long[] key, int length, double qber, byte[] seed) {
    this.variant = variant;
    this.key = key;
    this.length = length;
    this.blockBits = variant.blockBits(length, qber);
    this.random = new PublicBits(seed);
  }

  int length() {
    return length;
  }

  int opened() {
    return passes.size();
  }

  Pass pass(int number) {
    return passes.get(number);
  }

  Pass open() {
    int number = passes.size();
    Pass pass;
    if (number == 0) {
      pass = Pass.cut(new Order.Natural(key), length, blockBits[0]);
    } else if (number < blockBits.length) {
      pass = Pass.cut(new Order.Shuffled(key, length, random), length, blockBits[number]);
    } else {
      pass = Pass.halves(new Order.Halved(key, length, random), length);
    }
    passes.add(pass);
    return pass;
  }

  /**
   * How many top-block parities Alice tells when a pass is opened: all in the first pass; in a
   * later one all but the last, since the parity of the whole key is known by then.
   */
  int told(int number) {
    return passes.get(number).blocks() - (number == 0 ? 0 : 1);
  }

  /** Bob gives up before he has asked for more: no secret would be left of the key. */
  long worthwhileParities() {
    return length + 1024L;
  }

  /**
   * The most that Alice tells, so that a peer cannot keep her busy for ever: what is worthwhile,
   * and the top blocks of one more pass.
   */
  long mostParities() {
    return worthwhileParities() + length;
  }

  void wipe() {
    passes.forEach(p -> p.order().wipe());
  }
}
