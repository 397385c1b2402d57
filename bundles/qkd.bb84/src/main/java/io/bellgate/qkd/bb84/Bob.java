package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.Block;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.QuantumChannel.Detections;
import io.bellgate.api.qkd.Sifting;
import io.bellgate.api.qkd.Sifting.Reason;
import java.util.Arrays;
import java.util.Optional;

/**
 * Bob's part of a block. He announces positions and bases, with a tag; then, for the test basis
 * alone, his bits: {@code [05]}, a bit for each sifted bit of the test basis.
 *
 * <p>A pulse in which both detectors clicked gets a random bit. To drop it would let an
 * eavesdropper choose which pulses count, by sending bright light in her basis (Lütkenhaus,
 * "Estimates for practical quantum cryptography", Phys. Rev. A 59, 3301 (1999)).
 */
final class Bob {
  private final Block block;
  private final Plan plan;
  private final ClassicalChannel channel;
  private final Choices choices;

  Bob(Block block, Choices choices) {
    this.block = block;
    this.plan = block.plan();
    this.channel = block.classical();
    this.choices = choices;
  }

  Sifting run() throws ChannelBroken, InterruptedException, Malformed {
    Detections detections = block.quantum().detect(block.id(), plan.pulses(), choices::measurement);
    try (Bits values = values(detections)) {
      // the last pulse has passed
      Announcement said = Announcement.of(detections);
      said.send(channel);
      channel.authenticate();
      return compare(said, values);
    } finally {
      Arrays.fill(detections.values(), (byte) 0);
    }
  }

  private Bits values(Detections detections) {
    Bits values = new Bits(detections.values().length);
    for (int i = 0; i < values.size(); i++) {
      int value = detections.values()[i];
      values.set(i, value == 2 ? choices.bit() : value == 1);
    }
    return values;
  }

  private Sifting compare(Announcement said, Bits values)
      throws ChannelBroken, InterruptedException, Malformed {
    BitIn in = new BitIn(channel.receive());
    long type = in.bits(8);
    Optional<Sifting.Aborted> aborted = Tally.read(type, in, plan, said);
    if (aborted.isPresent()) {
      return aborted.get();
    }
    if (type != Type.COMPARED.code()) {
      throw new Malformed("Alice's bases follow Bob's");
    }
    Bits matching = Bits.read(in, values.size());
    try (Sieve own = Sieve.of(values, said.bases(), matching)) {
      return decide(said, in, own);
    }
  }

  private Sifting decide(Announcement said, BitIn in, Sieve own)
      throws ChannelBroken, InterruptedException, Malformed {
    Tally tally = Tally.sifted(plan, said, own.key().size(), own.test().size());
    Bits kept = Bits.read(in, own.key().size());
    Bits hers = Bits.read(in, own.test().size());
    in.end();
    if (tally.tooFew() || kept.count() != plan.keyBits()) {
      throw new Malformed("a comparison has the bits it was planned for");
    }
    tally = tally.errors(own.test().differences(hers));
    if (tally.tooManyErrors()) {
      channel.send(tally.write(Reason.QBER));
      return tally.aborted(Reason.QBER);
    }
    BitOut out = new BitOut().bits(Type.TESTED.code(), 8);
    own.test().write(out);
    channel.send(out.octets());
    return conclude(tally, said, own, kept);
  }

  private Sifting conclude(Tally tally, Announcement said, Sieve own, Bits kept)
      throws ChannelBroken, InterruptedException, Malformed {
    BitIn in = new BitIn(channel.receive());
    long type = in.bits(8);
    Optional<Sifting.Aborted> aborted = Tally.read(type, in, plan, said);
    if (aborted.isPresent()) {
      return aborted.get();
    }
    in.end();
    if (type != Type.AGREED.code()) {
      throw new Malformed("Alice agrees or aborts");
    }
    return Bb84.sifted(tally, own.key().secret(kept));
  }
}
