package io.bellgate.api.qkd;

import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.entropy.SeededBits;
import java.util.UUID;

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
   * Runs a protocol at both ends. As their links would, an end that fails cuts the classical
   * channel and cancels the other end, and one that aborts says nothing more.
   *
   * @param protocol at both ends
   * @return how each came out
   * @throws Exception if one hangs, or the test is interrupted
   */
  public Pair<Outcome> run(QkdProtocol protocol) throws Exception {
    UUID id = new UUID(0x4000, 0x8000_0000_0000_0000L);
    End alice = new End(protocol, id, Role.ALICE);
    End bob = new End(protocol, id, Role.BOB);
    alice.other = bob;
    bob.other = alice;
    alice.start();
    bob.start();
    alice.join(HANG_SECONDS * 1000);
    bob.join(HANG_SECONDS * 1000);
    if (alice.outcome == null || bob.outcome == null) {
      throw new IllegalStateException("an end hangs: " + alice.outcome + " " + bob.outcome);
    }
    return new Pair<>(alice.outcome, bob.outcome);
  }

  private final class End extends Thread {
    private final QkdProtocol protocol;
    private final UUID id;
    private final Role role;
    private End other;
    private volatile Outcome outcome;

    End(QkdProtocol protocol, UUID id, Role role) {
      super(role.name());
      setDaemon(true);
      this.protocol = protocol;
      this.id = id;
      this.role = role;
    }

    @Override
    public void run() {
      try {
        Sifting sifting =
            protocol.run(
                new Block(
                    id,
                    role,
                    plans.of(role),
                    quantum.of(role),
                    classical.end(role),
                    random.of(role)));
        if (sifting instanceof Sifting.Aborted) {
          classical.hangUp(role);
        }
        outcome = new Outcome(sifting, null);
      } catch (InterruptedException e) {
        outcome = new Outcome(null, new ChannelBroken(ChannelBroken.Reason.CUT, "cancelled"));
      } catch (ChannelBroken | RuntimeException e) {
        outcome = new Outcome(null, e);
        classical.cut();
        other.interrupt();
      }
    }
  }
}
