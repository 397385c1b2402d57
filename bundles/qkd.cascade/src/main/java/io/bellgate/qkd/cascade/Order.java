package io.bellgate.qkd.cascade;

import java.util.Arrays;

/**
 * The order in which a pass has the bits of a key. What it holds of the key is secret and wiped by
 * {@link #wipe}. The permutations themselves are public.
 */
sealed interface Order permits Order.Natural, Order.Shuffled, Order.Halved {
  /** Where a bit of the key stands. */
  int position(int bit);

  /** Which bit of the key stands there. */
  int bit(int position);

  /** The parity of the bits at positions [from, to); a range of halves lies in one half. */
  boolean parity(int from, int to);

  /** A bit of the key, which this order was made of, has just been flipped. */
  default void flipped(int bit) {}

  /** Wipes what this order holds of the key, if that is a copy. */
  default void wipe() {}

  private static long parityWord(long[] words, int from, int to) {
    int first = from >>> 6;
    int last = (to - 1) >>> 6;
    long head = -1L << from;
    long tail = -1L >>> -to;
    if (first == last) {
      return words[first] & head & tail;
    }
    long sum = words[first] & head ^ words[last] & tail;
    for (int i = first + 1; i < last; i++) {
      sum ^= words[i];
    }
    return sum;
  }

  private static boolean odd(long word) {
    return (Long.bitCount(word) & 1) != 0;
  }

  /** As the key is. */
  record Natural(long[] key) implements Order {
    @Override
    public int position(int bit) {
      return bit;
    }

    @Override
    public int bit(int position) {
      return position;
    }

    @Override
    public boolean parity(int from, int to) {
      return odd(parityWord(key, from, to));
    }
  }

  /** A uniformly random permutation. Keeps the key in that order, packed. */
  final class Shuffled implements Order {
    private final int[] bits;
    private final int[] positions;
    private final long[] words;

    /** Fisher and Yates, in the form of Knuth, TAOCP volume 2, algorithm 3.4.2P. */
    Shuffled(long[] key, int length, PublicBits random) {
      bits = new int[length];
      for (int i = 0; i < length; i++) {
        bits[i] = i;
      }
      for (int i = length - 1; i > 0; i--) {
        int j = random.below(i + 1);
        int moved = bits[i];
        bits[i] = bits[j];
        bits[j] = moved;
      }
      positions = new int[length];
      words = new long[key.length];
      for (int i = 0; i < length; i++) {
        int bit = bits[i];
        positions[bit] = i;
        words[i >>> 6] |= (key[bit >>> 6] >>> bit & 1) << i;
      }
    }

    @Override
    public int position(int bit) {
      return positions[bit];
    }

    @Override
    public int bit(int position) {
      return bits[position];
    }

    @Override
    public boolean parity(int from, int to) {
      return odd(parityWord(words, from, to));
    }

    @Override
    public void flipped(int bit) {
      int position = positions[bit];
      words[position >>> 6] ^= 1L << position;
    }

    @Override
    public void wipe() {
      Arrays.fill(words, 0);
    }
  }

  /**
   * Two random halves: first the bits where a random mask has ones, then the others, each in the
   * key's order. Every bit falls into either half with probability 1/2, so their sizes differ by
   * about the square root of the length. Costs no permutation: a parity is that of key AND mask.
   */
  final class Halved implements Order {
    private final long[] key;
    private final long[] mask;
    private final int[] onesBefore;
    private final int ones;

    Halved(long[] key, int length, PublicBits random) {
      this.key = key;
      mask = new long[key.length];
      onesBefore = new int[key.length + 1];
      do {
        for (int i = 0; i < mask.length; i++) {
          mask[i] = random.nextLong();
        }
        mask[mask.length - 1] &= -1L >>> -length;
        for (int i = 0; i < mask.length; i++) {
          onesBefore[i + 1] = onesBefore[i] + Long.bitCount(mask[i]);
        }
      } while (onesBefore[mask.length] == 0 || onesBefore[mask.length] == length);
      ones = onesBefore[mask.length];
    }

    /** The size of the first half, in [1, length). */
    int first() {
      return ones;
    }

    @Override
    public int position(int bit) {
      int word = bit >>> 6;
      int before = onesBefore[word] + Long.bitCount(mask[word] & ~(-1L << bit));
      return (mask[word] >>> bit & 1) != 0 ? before : ones + bit - before;
    }

    @Override
    public int bit(int position) {
      boolean one = position < ones;
      int rank = one ? position : position - ones;
      int low = 0;
      int high = mask.length - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (before(middle, one) <= rank) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      long left = one ? mask[low] : ~mask[low];
      for (int i = rank - before(low, one); i > 0; i--) {
        left &= left - 1;
      }
      return (low << 6) + Long.numberOfTrailingZeros(left);
    }

    private int before(int word, boolean one) {
      return one ? onesBefore[word] : (word << 6) - onesBefore[word];
    }

    @Override
    public boolean parity(int from, int to) {
      int first = bit(from);
      int last = bit(to - 1);
      long flip = from < ones ? 0 : -1;
      long sum = 0;
      for (int i = first >>> 6; i <= last >>> 6; i++) {
        long word = key[i] & (mask[i] ^ flip);
        if (i == first >>> 6) {
          word &= -1L << first;
        }
        if (i == last >>> 6) {
          word &= -1L >>> ~last;
        }
        sum ^= word;
      }
      return odd(sum);
    }
  }
}
