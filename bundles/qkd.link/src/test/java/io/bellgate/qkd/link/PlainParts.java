package io.bellgate.qkd.link;

import io.bellgate.api.bits.SecretBits;
import io.bellgate.api.entropy.RandomBits;
import io.bellgate.api.qkd.Block;
import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.QkdProtocol;
import io.bellgate.api.qkd.QuantumChannel;
import io.bellgate.api.qkd.Reconciler;
import io.bellgate.api.qkd.Role;
import io.bellgate.api.qkd.Sifting;
import java.nio.ByteBuffer;

/**
 * The shortest protocol and reconciler that need every step of a link: one basis, every pulse
 * announced; Alice tells her key. They keep nothing secret; they are for tests of what is around
 * them.
 */
final class PlainParts {
  private static final double TEST_SHARE = 0.25;

  private PlainParts() {}

  /** Alice's word before the pulses, Bob's positions and tag, Alice's bits of the test part. */
  static final class Protocol implements QkdProtocol {
    @Override
    public Sifting run(Block block) throws ChannelBroken, InterruptedException {
      return block.role() == Role.ALICE ? alice(block) : bob(block);
    }

    private static Sifting alice(Block block) throws ChannelBroken, InterruptedException {
      ClassicalChannel channel = block.classical();
      channel.send(new byte[] {1});
      byte[] bits = new byte[1];
      try (QuantumChannel.Emission emission =
          block
              .quantum()
              .emit(
                  block.id(),
                  block.plan().pulses(),
                  () -> {
                    block.random().fill(bits);
                    return bits[0] & 1;
                  })) {
        ByteBuffer positions = ByteBuffer.wrap(channel.receive());
        channel.verify();
        byte[] values = new byte[positions.remaining() / 4];
        for (int i = 0; i < values.length; i++) {
          int setting = emission.setting(positions.getInt());
          if (setting < 0) {
            throw new ChannelBroken(ChannelBroken.Reason.MALFORMED, "no such pulse");
          }
          values[i] = (byte) setting;
        }
        int test = (int) (TEST_SHARE * values.length);
        channel.send(java.util.Arrays.copyOf(values, test));
        byte[] errors = channel.receive();
        return sifted(block, values, test, ByteBuffer.wrap(errors).getInt());
      }
    }

    private static Sifting bob(Block block) throws ChannelBroken, InterruptedException {
      ClassicalChannel channel = block.classical();
      channel.receive();
      block.random().fill(new byte[1]); // as for a basis
      QuantumChannel.Detections clicks =
          block.quantum().detect(block.id(), block.plan().pulses(), () -> 0);
      ByteBuffer positions = ByteBuffer.allocate(4 * clicks.pulses().length);
      for (long pulse : clicks.pulses()) {
        positions.putInt((int) pulse);
      }
      channel.send(positions.array());
      channel.authenticate();
      byte[] told = channel.receive();
      int errors = 0;
      for (int i = 0; i < told.length; i++) {
        errors += told[i] == clicks.values()[i] ? 0 : 1;
      }
      channel.send(ByteBuffer.allocate(4).putInt(errors).array());
      return sifted(block, clicks.values(), told.length, errors);
    }

    private static Sifting sifted(Block block, byte[] values, int test, int errors) {
      int n = block.plan().keyBits();
      double qber = (double) errors / Math.max(1, test);
      Sifting.Counts counts =
          new Sifting.Counts(
              block.plan().pulses(), values.length, 0, values.length - test, test, errors);
      if (!(qber <= block.plan().qberTolerance()) || values.length - test < n) {
        return new Sifting.Aborted(Sifting.Reason.QBER, "qber=" + qber, counts, qber);
      }
      long[] key = new long[(n + 63) / 64];
      for (int i = 0; i < n; i++) {
        key[i / 64] |= (long) (values[test + i] & 1) << i % 64;
      }
      return new Sifting.Sifted(SecretBits.absorb(key, n), counts, qber, 0.9 * n, "none: a test");
    }
  }

  /** Alice tells her key, in two steps. */
  static final class Telling implements Reconciler {
    @Override
    public Reconciliation reconcile(
        Role role, SecretBits key, double qber, ClassicalChannel channel, RandomBits random)
        throws ChannelBroken, InterruptedException {
      if (role == Role.ALICE) {
        channel.receive();
        channel.send(
            key.lend(
                w -> {
                  ByteBuffer out = ByteBuffer.allocate(8 * w.length);
                  out.asLongBuffer().put(w);
                  return out.array();
                }));
        return new Reconciliation(
            SecretBits.absorb(key.lend(long[]::clone), key.length()), 20, 20, 1, -1);
      }
      channel.send(new byte[] {7});
      ByteBuffer told = ByteBuffer.wrap(channel.receive());
      long[] words = new long[(key.length() + 63) / 64];
      if (told.remaining() != 8 * words.length) {
        throw new ChannelBroken(ChannelBroken.Reason.MALFORMED, "a key has another length");
      }
      told.asLongBuffer().get(words);
      return new Reconciliation(SecretBits.absorb(words, key.length()), 20, 20, 1, 0);
    }
  }
}
