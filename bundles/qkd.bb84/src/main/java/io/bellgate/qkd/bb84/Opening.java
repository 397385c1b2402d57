package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.Block;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.Plan;
import io.bellgate.api.qkd.QuantumChannel.Source;
import io.bellgate.api.qkd.Role;
import io.bellgate.api.qkd.Sifting;
import io.bellgate.api.qkd.Sifting.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The first message of either end: {@code [01][version u8][role u8][source u8][digest 32]}. Each
 * decides by the two of them, and tells the other: {@code [02]}, or an abort. No pulse is sent
 * before both have heard that the other is ready.
 *
 * @param version of the protocol
 * @param role the sender's
 * @param source what the sender's device says that Alice sends
 * @param digest SHA-256 over version, block ID and plan
 */
record Opening(int version, Role role, Source source, byte[] digest) {
  static final int VERSION = 1;
  private static final int DIGEST_OCTETS = 32;

  private static Opening of(Block block) {
    return new Opening(VERSION, block.role(), block.quantum().source(), digest(block));
  }

  private static byte[] digest(Block block) {
    Plan plan = block.plan();
    ByteBuffer octets =
        ByteBuffer.allocate(128)
            .put(("io.bellgate.qkd.bb84/" + VERSION).getBytes(StandardCharsets.US_ASCII))
            .putLong(block.id().getMostSignificantBits())
            .putLong(block.id().getLeastSignificantBits())
            .putLong(plan.pulses())
            .putDouble(plan.keyBasisProbability())
            .putInt(plan.keyBits())
            .putInt(plan.testBits())
            .putDouble(plan.qberTolerance())
            .putDouble(plan.epsilonSecrecy())
            .flip();
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(octets);
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Exchanges openings and decisions: empty if both ends are ready. */
  static Optional<Sifting.Aborted> exchange(Block block)
      throws ChannelBroken, InterruptedException, Malformed {
    ClassicalChannel channel = block.classical();
    Opening own = of(block);
    channel.send(own.write());
    Optional<Sifting.Aborted> refused = own.refuse(read(channel.receive()), block);
    channel.send(
        refused
            .map(r -> new Tally(block.plan(), r.counts()).write(r.reason()))
            .orElseGet(() -> new BitOut().bits(Type.READY.code(), 8).octets()));
    BitIn in = new BitIn(channel.receive());
    long type = in.bits(8);
    if (type != Type.READY.code() && type != Type.ABORTED.code()) {
      throw new Malformed("an end is ready, or aborts");
    }
    if (type == Type.READY.code()) {
      in.end();
      return refused;
    }
    long reason = in.bits(8);
    if (reason != Reason.NO_BOUND.ordinal() && reason != Reason.MISMATCH.ordinal()) {
      throw new Malformed("before the pulses an abort says no bound, or mismatch");
    }
    return refused.isPresent()
        ? refused
        : abort(Reason.values()[(int) reason], "the peer refuses; its status says why");
  }

  private byte[] write() {
    return ByteBuffer.allocate(4 + DIGEST_OCTETS)
        .put((byte) Type.OPENING.code())
        .put((byte) version)
        .put((byte) role.ordinal())
        .put((byte) source.ordinal())
        .put(digest)
        .array();
  }

  /** Reads the peer's. Of another version only the version is read. */
  private static Opening read(byte[] message) throws Malformed {
    if (message.length < 2 || message[0] != Type.OPENING.code()) {
      throw new Malformed("a block begins with an opening: octets=" + message.length);
    }
    int version = message[1] & 0xff;
    if (version != VERSION) {
      return new Opening(version, Role.ALICE, Source.WEAK_COHERENT, new byte[0]);
    }
    if (message.length != 4 + DIGEST_OCTETS
        || (message[2] & 0xff) >= Role.values().length
        || (message[3] & 0xff) >= Source.values().length) {
      throw new Malformed("an opening has 36 octets, a role and a source");
    }
    return new Opening(
        version,
        Role.values()[message[2]],
        Source.values()[message[3]],
        Arrays.copyOfRange(message, 4, message.length));
  }

  /** Why there is nothing to begin, the same at both ends; empty if they agree. */
  private Optional<Sifting.Aborted> refuse(Opening peer, Block block) {
    if (peer.version != version) {
      return abort(
          Reason.MISMATCH,
          "both ends run one version: own=" + version + " peer's=" + peer.version + "; upgrade");
    }
    if (!MessageDigest.isEqual(digest, peer.digest) || peer.role == role) {
      return abort(
          Reason.MISMATCH,
          "both ends run one plan for one block, in different roles: role="
              + role
              + " block="
              + block.id()
              + "; compare the two sites' configuration");
    }
    if (source != Source.IDEAL_SINGLE_PHOTON || peer.source != Source.IDEAL_SINGLE_PHOTON) {
      return abort(
          Reason.NO_BOUND,
          "weak coherent pulses without decoys give zero key: own source="
              + source
              + " peer's="
              + peer.source
              + " device="
              + block.quantum().description());
    }
    if (!(Bound.minEntropyBits(block.plan()) > 0)) {
      return abort(
          Reason.NO_BOUND,
          "the plan leaves some entropy: "
              + Bound.describe(block.plan())
              + "; plan more key or test bits, or a lower tolerance");
    }
    return Optional.empty();
  }

  private static Optional<Sifting.Aborted> abort(Reason reason, String evidence) {
    return Optional.of(new Sifting.Aborted(reason, evidence, Sifting.Counts.NONE, Double.NaN));
  }
}
