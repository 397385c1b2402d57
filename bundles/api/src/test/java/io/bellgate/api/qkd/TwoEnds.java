package io.bellgate.api.qkd;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs both ends of one block, each on a thread of its own, as two processes would: they share
 * nothing but the channels.
 *
 * @param plans Alice's and Bob's, equal but in a test of that
 * @param quantum both ends of the fibre
 * @param classical both ends of the public channel, with its transcript
 * @param random Alice's and Bob's random bits
 */
public record TwoEnds(
    Pair<Plan> plans,
    Pair<QuantumChannel> quantum,
    ChannelPair classical,
    Pair<RandomBits> random) {
  private static final long HANG_SECONDS = 120;

  /**
   * One thing for each end.
   *
   * @param <T> what
   * @param alice hers
   * @param bob his
   */
  public record Pair<T>(T alice, T bob) {
    /**
     * The one of a role.
     *
     * @param role whose
     * @return hers or his
     */
    public T of(Role role) {
      return role == Role.ALICE ? alice : bob;
    }
  }

  /**
   * How an end came out of a block.
   *
   * @param sifting what it returned, or null
   * @param failure what it threw, or null
   */
  public record Outcome(Sifting sifting, Exception failure) {
    /**
     * The reason of an abort.
     *
     * @return null if there is a key or a failure
     */
    public Sifting.Reason aborted() {
      return sifting instanceof Sifting.Aborted aborted ? aborted.reason() : null;
    }

    /**
     * The reason of a broken channel.
     *
     * @return null if the end returned, or threw something else
     */
    public ChannelBroken.Reason broken() {
      return failure instanceof ChannelBroken broken ? broken.reason() : null;
    }
  }

  /**
   * Two ends with one plan on a fake fibre, seeded.
   *
   * @param seed which the test prints
   * @param plan of both
   * @param light what happens on the way
   * @return ready to {@link #run}
   */
  public static TwoEnds on(long seed, Plan plan, FakeFibre.Light light) {
    FakeFibre fibre = new FakeFibre(seed, light);
    return new TwoEnds(
        new Pair<>(plan, plan),
        new Pair<>(fibre.end(Role.ALICE), fibre.end(Role.BOB)),
        new ChannelPair(),
        new Pair<>(new SeededBits(seed + 1), new SeededBits(seed + 2)));
  }

  /**
   * Runs a protocol at both ends. An end that fails cuts the classical channel, as its link would.
   *
   * @param protocol at both ends
   * @return how each came out
   * @throws Exception if one hangs, or the test is interrupted
   */
  public Pair<Outcome> run(QkdProtocol protocol) throws Exception {
    UUID id = new UUID(0x4000, 0x8000_0000_0000_0000L);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Outcome> alice = threads.submit(() -> run(protocol, id, Role.ALICE));
      Future<Outcome> bob = threads.submit(() -> run(protocol, id, Role.BOB));
      return new Pair<>(
          alice.get(HANG_SECONDS, TimeUnit.SECONDS), bob.get(HANG_SECONDS, TimeUnit.SECONDS));
    } finally {
      threads.shutdownNow();
    }
  }

  private Outcome run(QkdProtocol protocol, UUID id, Role role) {
    Block block =
        new Block(id, role, plans.of(role), quantum.of(role), classical.end(role), random.of(role));
    try {
      return new Outcome(protocol.run(block), null);
    } catch (ChannelBroken | InterruptedException | RuntimeException e) {
      classical.cut();
      return new Outcome(null, e);
    }
  }
}
