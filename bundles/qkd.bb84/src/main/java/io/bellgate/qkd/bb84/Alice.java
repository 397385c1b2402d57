package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.Block;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.QuantumChannel.Emission;
import io.bellgate.api.qkd.Sifting;
import io.bellgate.api.qkd.Sifting.Reason;
import java.util.Optional;

/**
 * Alice's part of a block.
 *
 * <p>She says where bases agree and her bits of the test basis in one message: {@code [04]}, a bit
 * for each detection (1 = bases agree), a bit for each sifted bit of the key basis (1 = is in the
 * key), a bit for each of the test basis (its value).
 *
 * <p>Which sifted bits are the key is a random subset of the plan's size, drawn by Alice after
 * Bob's announcement is verified. It must not be the first ones: then all of the key would lie in
 * the earlier pulses and test bits in all of them, and an eavesdropper who listens to the earlier
 * pulses only would double the key's errors against what the test shows. With bases chosen alike
 * and independently for every pulse, and surplus thrown away at random, every division of the bits
 * of key and test into the two is equally likely, which is what Serfling's bound needs (Tomamichel
 * 2012; Pfister, Lütkenhaus, Wehner and Coles, "Sifting attacks in finite-size quantum key
 * distribution", New J. Phys. 18, 053001 (2016)).
 */
final class Alice {
  private final Block block;
  private final Plan plan;
  private final ClassicalChannel channel;
  private final Choices choices;

  Alice(Block block, Choices choices) {
    this.block = block;
    this.plan = block.plan();
    this.channel = block.classical();
    this.choices = choices;
  }

  Sifting run() throws ChannelBroken, InterruptedException, Malformed {
    try (Emission emission =
        block.quantum().emit(block.id(), plan.pulses(), choices::preparation)) {
      Announcement said = Announcement.receive(channel, plan.pulses());
      // until this has passed, the announcement may be an eavesdropper's, and Alice says nothing
      channel.verify();
      return compare(emission, said);
    }
  }

  private Sifting compare(Emission emission, Announcement said)
      throws ChannelBroken, InterruptedException, Malformed {
    int count = said.pulses().length;
    Bits matching = new Bits(count);
    try (Bits values = new Bits(count)) {
      for (int i = 0; i < count; i++) {
        int setting = emission.setting(said.pulses()[i]);
        if (setting < 0) {
          throw new Malformed("Bob announces pulses that can have clicked");
        }
        matching.set(i, (setting & Choices.TEST_BASIS) != 0 == said.bases().get(i));
        values.set(i, (setting & 1) != 0);
      }
      try (Sieve own = Sieve.of(values, said.bases(), matching)) {
        return decide(said, matching, own);
      }
    }
  }

  private Sifting decide(Announcement said, Bits matching, Sieve own)
      throws ChannelBroken, InterruptedException, Malformed {
    Tally tally = Tally.sifted(plan, said, own.key().size(), own.test().size());
    if (tally.tooFew()) {
      return abort(tally, Reason.TOO_FEW);
    }
    Bits kept = choices.subset(own.key().size(), plan.keyBits());
    BitOut out = new BitOut().bits(Type.COMPARED.code(), 8);
    matching.write(out);
    kept.write(out);
    own.test().write(out);
    channel.send(out.octets());

    BitIn in = new BitIn(channel.receive());
    long type = in.bits(8);
    Optional<Sifting.Aborted> aborted = Tally.read(type, in, plan, said);
    if (aborted.isPresent()) {
      return aborted.get();
    }
    if (type != Type.TESTED.code()) {
      throw new Malformed("Bob's test bits follow Alice's");
    }
    Bits his = Bits.read(in, own.test().size());
    in.end();
    tally = tally.errors(own.test().differences(his));
    if (tally.tooManyErrors()) {
      return abort(tally, Reason.QBER);
    }
    channel.send(new BitOut().bits(Type.AGREED.code(), 8).octets());
    return Bb84.sifted(tally, own.key().secret(kept));
  }

  private Sifting abort(Tally tally, Reason reason) throws ChannelBroken, InterruptedException {
    channel.send(tally.write(reason));
    return tally.aborted(reason);
  }
}
