package io.bellgate.qkd.link;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.qkd.Block;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Role;
import io.bellgate.api.qkd.Sifting;
import io.bellgate.qkd.link.channel.Conversation;
import io.bellgate.qkd.link.distill.BestBits;
import io.bellgate.qkd.link.distill.Distillation;
import io.bellgate.qkd.link.distill.OneTimeTag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * One end of one block, from the first pulse to keys that both ends hold, or to the reason why
 * there are none. One use; for one thread.
 *
 * <p>Settlement: Bob deposits and says so under his tag; Alice deposits, confirms, and says so
 * under hers; Bob confirms. With it each says whether all its random bits had full entropy; both
 * write into the origin whether all of both had. Whatever fails in between, either both ends hold
 * the block, or it is takeable at neither until they have told each other.
 */
final class Round {
  private static final byte HELD = 1;
  private static final byte CONFIRMED = 2;

  /**
   * What a block is run with; pinned for its length, so that a swap happens between blocks.
   *
   * @param protocol the quantum protocol
   * @param reconciler the reconciler
   * @param quantum this end's device
   * @param random of this end
   */
  record Parts(
      QkdProtocol protocol, Reconciler reconciler, QuantumChannel quantum, RandomBits random) {}

  private final Role role;
  private final UUID id;
  private final Proposal proposal;
  private final Parts parts;
  private final BestBits bits;
  private final Conversation conversation;
  private final Deposits deposits;
  private final Clock clock;
  private final Instant started;

  private Sifting.Counts counts = Sifting.Counts.NONE;
  private double qber = Double.NaN;
  private double minEntropyBits;
  private String bound = "";
  private Distillation.Spent spent = Distillation.Spent.NONE;
  private int secretBits;
  private boolean fullEntropy;

  Round(Talk talk, Parts parts, Deposits deposits, Clock clock) {
    this.role = talk.settings().role();
    this.id = talk.id();
    this.proposal = talk.proposal();
    this.parts = parts;
    this.bits = new BestBits(parts.random());
    this.conversation = talk.conversation();
    this.deposits = deposits;
    this.clock = clock;
    started = clock.instant();
  }

  /** The chance that the keys differ after verification. */
  static double correctness(int keyBits) {
    return OneTimeTag.forgery((keyBits + 63L) / 64 * 8 + 4);
  }

  /**
   * Runs.
   *
   * @return always a record; an exception of a part is one, and a cancellation, too
   */
  BlockRecord run() {
    try {
      return sift();
    } catch (ChannelBroken broken) {
      return aborted(word(broken.reason()), broken.getMessage());
    } catch (InterruptedException cancelled) {
      return aborted("interrupted", "this end stops");
    } catch (RuntimeException | LinkageError failed) {
      // a bundle that was removed under its block, too
      conversation.cut("a part failed");
      System.getLogger(Round.class.getName())
          .log(System.Logger.Level.WARNING, "a block failed: block=" + id, failed);
      return aborted("failure", String.valueOf(failed.getMessage()));
    }
  }

  private BlockRecord sift() throws ChannelBroken, InterruptedException {
    Sifting sifting =
        parts
            .protocol()
            .run(new Block(id, role, proposal.plan(), parts.quantum(), conversation, bits));
    bits.chosen();
    counts = sifting.counts();
    qber = sifting.qber();
    if (sifting instanceof Sifting.Aborted aborted) {
      return aborted(word(aborted.reason()), aborted.evidence());
    }
    Sifting.Sifted sifted = (Sifting.Sifted) sifting;
    try {
      return distil(sifted);
    } finally {
      sifted.key().destroy();
    }
  }

  private BlockRecord distil(Sifting.Sifted sifted) throws ChannelBroken, InterruptedException {
    minEntropyBits = sifted.minEntropyBits();
    bound = sifted.bound();
    if (sifted.key().length() != proposal.plan().keyBits()
        || sifted.qber() > proposal.plan().qberTolerance()) {
      return aborted("protocol", "a sifted key keeps to the plan: bits=" + sifted.key().length());
    }
    Distillation.Result result =
        new Distillation(role, conversation, bits, proposal.budget())
            .run(sifted, proposal.plan().epsilonSecrecy(), parts.reconciler());
    spent = result.spent();
    if (result instanceof Distillation.Failed failed) {
      return aborted(failed.reason(), failed.evidence());
    }
    Distillation.Distilled distilled = (Distillation.Distilled) result;
    try (Secret key = distilled.key()) {
      return role == Role.ALICE
          ? settleAsAlice(key, distilled.fullAtAlice())
          : settleAsBob(key, distilled.fullAtAlice());
    }
  }

  private BlockRecord settleAsAlice(Secret key, boolean fullHere)
      throws ChannelBroken, InterruptedException {
    fullEntropy = expect(HELD) && fullHere;
    deposits.deposit(id, key, fullEntropy);
    deposits.confirm(id);
    secretBits = 8 * key.length();
    try {
      conversation.send(new byte[] {CONFIRMED, flag(fullEntropy)});
      conversation.authenticate();
    } catch (ChannelBroken unheard) {
      // the peer holds it, unconfirmed: it is asked before the next block
      System.getLogger(Round.class.getName())
          .log(System.Logger.Level.DEBUG, "the last word was not said: block={0}", id);
    }
    return record(BlockRecord.CONFIRMED, "", "");
  }

  private BlockRecord settleAsBob(Secret key, boolean fullAtAlice)
      throws ChannelBroken, InterruptedException {
    boolean fullHere = bits.full();
    fullEntropy = fullHere && fullAtAlice;
    deposits.deposit(id, key, fullEntropy);
    try {
      conversation.send(new byte[] {HELD, flag(fullHere)});
      conversation.authenticate();
      expect(CONFIRMED);
    } catch (ChannelBroken unheard) {
      return record(BlockRecord.UNRESOLVED, word(unheard.reason()), unheard.getMessage());
    }
    deposits.confirm(id);
    secretBits = 8 * key.length();
    return record(BlockRecord.CONFIRMED, "", "");
  }

  private static byte flag(boolean full) {
    return (byte) (full ? 1 : 0);
  }

  /** A word, and whether the bits that the sender speaks of had full entropy. */
  private boolean expect(byte word) throws ChannelBroken, InterruptedException {
    byte[] said = conversation.receive();
    if (said.length != 2 || said[0] != word || (said[1] & ~1) != 0) {
      throw new ChannelBroken(
          ChannelBroken.Reason.MALFORMED, "settlement is a word, and 0 or 1: expected=" + word);
    }
    conversation.verify();
    return said[1] == 1;
  }

  private static String word(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private BlockRecord aborted(String reason, String evidence) {
    return record(BlockRecord.ABORTED, reason, evidence);
  }

  private BlockRecord record(String outcome, String reason, String evidence) {
    return new BlockRecord(
        id,
        role,
        started,
        Duration.between(started, clock.instant()),
        parts.quantum().description(),
        parts.quantum().simulated(),
        proposal,
        counts,
        qber,
        minEntropyBits,
        bound,
        spent,
        conversation.tags(),
        conversation.forgery(),
        secretBits,
        fullEntropy,
        outcome,
        reason,
        evidence);
  }
}
