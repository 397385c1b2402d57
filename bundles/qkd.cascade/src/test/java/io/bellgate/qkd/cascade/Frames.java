package io.bellgate.qkd.cascade;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.SeededBits;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Reconciler.Reconciliation;
import io.bellgate.api.qkd.Role;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Reconciles one block of key after the other, both ends on one thread: what Bob says is answered
 * at once. Keys have exactly round(n q) errors, as the literature's figures do.
 */
final class Frames {
  private final Variant variant;
  private final Serve serve;
  private final int length;
  private final double qber;
  private final SplittableRandom random;
  private final SeededBits seeds;

  int frames;
  int failed;
  long parities;
  long paritiesOfGood;
  long roundTrips;
  double squaredParities;

  Frames(Variant variant, Serve serve, int length, double qber, long seed) {
    this.variant = variant;
    this.serve = serve;
    this.length = length;
    this.qber = qber;
    this.random = new SplittableRandom(seed);
    this.seeds = new SeededBits(seed);
  }

  /** The binary entropy function. */
  static double h(double q) {
    return -(q * Math.log(q) + (1 - q) * Math.log(1 - q)) / Math.log(2);
  }

  static long[] key(int length, SplittableRandom random) {
    long[] key = new long[(length + 63) >>> 6];
    for (int i = 0; i < key.length; i++) {
      key[i] = random.nextLong();
    }
    key[key.length - 1] &= -1L >>> -length;
    return key;
  }

  static long[] withErrors(long[] key, int length, long errors, SplittableRandom random) {
    long[] other = key.clone();
    for (long left = errors; left > 0; ) {
      int bit = random.nextInt(length);
      if (((other[bit >>> 6] ^ key[bit >>> 6]) >>> bit & 1) == 0) {
        other[bit >>> 6] ^= 1L << bit;
        left--;
      }
    }
    return other;
  }

  static long differences(long[] one, long[] other) {
    long count = 0;
    for (int i = 0; i < one.length; i++) {
      count += Long.bitCount(one[i] ^ other[i]);
    }
    return count;
  }

  Frames run(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      long[] alice = key(length, random);
      long[] bob = withErrors(alice, length, Math.round(length * qber), random);
      frame(alice, bob);
    }
    return this;
  }

  private void frame(long[] alice, long[] bob) throws Exception {
    Answering channel = new Answering(new Alice(variant, alice, length, qber));
    try (SecretBits key = SecretBits.absorb(bob, length)) {
      Reconciliation result =
          new Cascade(variant, serve).reconcile(Role.BOB, key, qber, channel, seeds);
      boolean good = result.key().lend(words -> differences(alice, words)) == 0;
      result.key().destroy();
      frames++;
      failed += good ? 0 : 1;
      parities += result.aliceDisclosedBits();
      paritiesOfGood += good ? result.aliceDisclosedBits() : 0;
      squaredParities += (double) result.aliceDisclosedBits() * result.aliceDisclosedBits();
      roundTrips += result.roundTrips();
    }
  }

  /** Efficiency over all frames, failed ones included. */
  double f() {
    return parities / (frames * length * h(qber));
  }

  /** Efficiency over the frames that came out equal: what some papers report. */
  double fOfGood() {
    return paritiesOfGood / ((frames - failed) * length * h(qber));
  }

  double standardError() {
    double mean = (double) parities / frames;
    double variance = squaredParities / frames - mean * mean;
    return Math.sqrt(variance / frames) / (length * h(qber));
  }

  double meanRoundTrips() {
    return (double) roundTrips / frames;
  }

  @Override
  public String toString() {
    return String.format(
        "%s/%s n=%d Q=%.1f%% f=%.4f (standard error %.4f; good frames alone %.4f)"
            + " round trips=%.0f failed=%d of %d",
        variant.text,
        serve.text,
        length,
        100 * qber,
        f(),
        standardError(),
        fOfGood(),
        meanRoundTrips(),
        failed,
        frames);
  }

  /** Bob's end of a channel whose other end is Alice herself. */
  static final class Answering implements ClassicalChannel {
    private final Alice alice;
    private Optional<byte[]> answer = Optional.empty();

    Answering(Alice alice) {
      this.alice = alice;
    }

    @Override
    public void send(byte[] message) throws ChannelBroken {
      answer = alice.answer(message);
    }

    @Override
    public byte[] receive() {
      return answer.orElseThrow();
    }

    @Override
    public void authenticate() {
      throw new AssertionError("a reconciler sends no tag");
    }

    @Override
    public void verify() {
      throw new AssertionError("a reconciler wants no tag");
    }
  }
}
