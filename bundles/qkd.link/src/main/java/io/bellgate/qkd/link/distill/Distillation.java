package io.bellgate.qkd.link.distill;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Role;
import io.bellgate.api.qkd.Sifting;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * From a sifted key to a secret key that both ends hold: reconciliation, verification, privacy
 * amplification, and the tags that authenticate all of it. One block; for one thread.
 *
 * <p>In this order: reconcile; Alice draws a hash and sends it with the hash of her key; Bob says
 * whether his agrees; Alice draws the seed of the amplification, which nobody knew before, and
 * sends it, and whether all her random bits had full entropy; Alice's tag covers everything she
 * said. Bob's tag comes with the settlement.
 */
public final class Distillation {
  private static final int HASH_MESSAGE = OneTimeTag.KEY_OCTETS + OneTimeTag.TAG_OCTETS;

  private final Role role;
  private final ClassicalChannel channel;
  private final BestBits random;
  private final Budget budget;

  /**
   * Prepares.
   *
   * @param role this end
   * @param channel that the protocol used before
   * @param random for the hash and the seed, and what Alice's choices were drawn from
   * @param budget of the block
   */
  public Distillation(Role role, ClassicalChannel channel, BestBits random, Budget budget) {
    this.role = role;
    this.channel = channel;
    this.random = random;
    this.budget = budget;
  }

  /** How distillation ended. */
  public sealed interface Result {
    /**
     * What reconciliation disclosed and took.
     *
     * @return its record
     */
    Spent spent();
  }

  /**
   * What was disclosed.
   *
   * @param aliceBits by Alice in reconciliation
   * @param bobBits by Bob in reconciliation
   * @param verificationBits hash and result; 0 if it did not come so far
   * @param roundTrips of reconciliation
   * @param correctedBits at Bob; -1 at Alice
   */
  public record Spent(
      long aliceBits, long bobBits, int verificationBits, int roundTrips, int correctedBits) {
    /** Nothing was disclosed. */
    public static final Spent NONE = new Spent(0, 0, 0, 0, -1);
  }

  /**
   * A secret key.
   *
   * @param key whole octets; the receiver owns and destroys it
   * @param fullAtAlice whether all of Alice's random bits had full entropy, as her tag says
   * @param spent what was disclosed
   */
  public record Distilled(Secret key, boolean fullAtAlice, Spent spent) implements Result {}

  /**
   * No key.
   *
   * @param reason a word: {@code budget}, {@code verification}, {@code nothing-left}
   * @param evidence the rule and the values
   * @param spent what was disclosed
   */
  public record Failed(String reason, String evidence, Spent spent) implements Result {}

  /**
   * Runs; the other end runs the same.
   *
   * @param sifted lent: the caller destroys its key
   * @param epsilonSecrecy of the plan
   * @param reconciler the same at both ends
   * @return a key, authenticated as far as this end has heard, or why there is none
   * @throws ChannelBroken if the channel failed
   * @throws InterruptedException if cancelled
   */
  public Result run(Sifting.Sifted sifted, double epsilonSecrecy, Reconciler reconciler)
      throws ChannelBroken, InterruptedException {
    int secretBits = budget.secretBits(sifted.minEntropyBits(), epsilonSecrecy);
    if (secretBits == 0) {
      return new Failed(
          "nothing-left",
          "a block gives at least one chunk: minEntropyBits="
              + sifted.minEntropyBits()
              + " reconciliationBits="
              + budget.reconciliationBits()
              + "; use more pulses",
          Spent.NONE);
    }
    Reconciler.Reconciliation reconciled =
        reconciler.reconcile(role, sifted.key(), sifted.qber(), channel, random);
    try (SecretBits key = reconciled.key()) {
      long disclosed = reconciled.aliceDisclosedBits() + reconciled.bobDisclosedBits();
      if (key.length() != sifted.key().length() || disclosed > budget.reconciliationBits()) {
        return new Failed(
            "budget",
            "reconciliation discloses at most what was planned: bits="
                + disclosed
                + " planned="
                + budget.reconciliationBits(),
            spent(reconciled, 0));
      }
      Spent spent = spent(reconciled, Budget.VERIFICATION_BITS + Budget.RESULT_BITS);
      if (!(role == Role.ALICE ? verifyAsAlice(key) : verifyAsBob(key))) {
        return new Failed(
            "verification", "the keys differ after reconciliation: nothing is used", spent);
      }
      return amplify(key, secretBits, spent);
    }
  }

  private static Spent spent(Reconciler.Reconciliation reconciled, int verificationBits) {
    return new Spent(
        reconciled.aliceDisclosedBits(),
        reconciled.bobDisclosedBits(),
        verificationBits,
        reconciled.roundTrips(),
        reconciled.correctedBits());
  }

  private boolean verifyAsAlice(SecretBits key) throws ChannelBroken, InterruptedException {
    byte[] hash = new byte[OneTimeTag.KEY_OCTETS];
    random.fill(hash);
    byte[] value = key.lend(words -> OneTimeTag.ofBits(hash, words));
    channel.send(ByteBuffer.allocate(HASH_MESSAGE).put(hash).put(value).array());
    byte[] result = channel.receive();
    if (result.length != 1 || (result[0] & ~1) != 0) {
      throw malformed("the result of verification is one octet, 0 or 1");
    }
    return result[0] == 1;
  }

  private boolean verifyAsBob(SecretBits key) throws ChannelBroken, InterruptedException {
    byte[] message = channel.receive();
    if (message.length != HASH_MESSAGE) {
      throw malformed("verification is a hash and its value");
    }
    byte[] hash = Arrays.copyOf(message, OneTimeTag.KEY_OCTETS);
    byte[] value = Arrays.copyOfRange(message, OneTimeTag.KEY_OCTETS, HASH_MESSAGE);
    boolean equal = MessageDigest.isEqual(value, key.lend(words -> OneTimeTag.ofBits(hash, words)));
    channel.send(new byte[] {(byte) (equal ? 1 : 0)});
    return equal;
  }

  private Result amplify(SecretBits key, int secretBits, Spent spent)
      throws ChannelBroken, InterruptedException {
    int octets = (ToeplitzHash.seedBits(key.length(), secretBits) + 7) / 8;
    byte[] message = new byte[octets + 1]; // the seed, and what Alice's bits were
    if (role == Role.ALICE) {
      System.arraycopy(draw(octets), 0, message, 0, octets);
      message[octets] = (byte) (random.full() ? 1 : 0);
      channel.send(message);
      channel.authenticate();
    } else {
      message = channel.receive();
      if (message.length != octets + 1 || (message[octets] & ~1) != 0) {
        throw malformed(
            "a seed has its full length, and an octet after it, 0 or 1: octets="
                + message.length
                + " needs="
                + (octets + 1));
      }
      channel.verify();
    }
    byte[] seed = Arrays.copyOf(message, octets);
    long[] seedWords = ToeplitzHash.words(seed);
    long[] secret =
        key.lend(words -> ToeplitzHash.hash(words, key.length(), seedWords, secretBits));
    byte[] result = ToeplitzHash.octets(secret, secretBits);
    Arrays.fill(secret, 0);
    return new Distilled(Secret.absorb(result), message[octets] == 1, spent);
  }

  /** Public once it is sent, but not before: drawn afresh for every block, in full length. */
  private byte[] draw(int octets) {
    byte[] seed = new byte[octets];
    random.fill(seed);
    return seed;
  }

  private static ChannelBroken malformed(String rule) {
    return new ChannelBroken(ChannelBroken.Reason.MALFORMED, rule);
  }
}
