package io.bellgate.qkd.link;

import io.bellgate.api.qkd.Plan;
import io.bellgate.qkd.link.distill.Budget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What Alice proposes for a conversation. Its digest goes into every tag, so that the two ends
 * cannot run different ones.
 *
 * @param kind a block, or what comes before one
 * @param protocol name of the protocol
 * @param reconciler name of the reconciler
 * @param plan of the block, or of the next one
 * @param budget of that block
 */
record Proposal(Kind kind, String protocol, String reconciler, Plan plan, Budget budget) {
  /** What a conversation is for. */
  enum Kind {
    /** Run a block. */
    BLOCK,
    /** Tell each other which unconfirmed blocks are held. */
    RESOLUTION,
    /** No conversation: asks whether the other end has unconfirmed blocks. */
    QUESTION
  }

  /** Of the link; the first one had none, and began with a kind. */
  private static final int VERSION = 32;

  byte[] encode() {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(VERSION);
      out.writeByte(kind.ordinal());
      out.writeUTF(protocol);
      out.writeUTF(reconciler);
      out.writeLong(plan.pulses());
      out.writeDouble(plan.keyBasisProbability());
      out.writeInt(plan.keyBits());
      out.writeInt(plan.testBits());
      out.writeDouble(plan.qberTolerance());
      out.writeDouble(plan.epsilonSecrecy());
      out.writeInt(budget.reconciliationBits());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return octets.toByteArray();
  }

  /**
   * Reads one from outside.
   *
   * @throws IllegalArgumentException with code BG-LINK-003 if it is malformed
   */
  static Proposal decode(byte[] octets) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "both ends run one version of the link: own=" + VERSION + " peer's=" + version);
      }
      Kind kind = kind(in.readUnsignedByte());
      Proposal proposal =
          new Proposal(
              kind,
              in.readUTF(),
              in.readUTF(),
              new Plan(
                  in.readLong(),
                  in.readDouble(),
                  in.readInt(),
                  in.readInt(),
                  in.readDouble(),
                  in.readDouble()),
              new Budget(in.readInt()));
      if (in.available() > 0) {
        throw new IOException("too long");
      }
      return proposal;
    } catch (IOException | IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "BG-LINK-003 a proposal is malformed: " + malformed.getMessage());
    }
  }

  private static Kind kind(int number) throws IOException {
    if (number >= Kind.values().length) {
      throw new IOException("kind=" + number);
    }
    return Kind.values()[number];
  }

  byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(encode());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("SHA-256 is missing in this JDK", impossible);
    }
  }

  Proposal as(Kind other) {
    return new Proposal(other, protocol, reconciler, plan, budget);
  }
}
