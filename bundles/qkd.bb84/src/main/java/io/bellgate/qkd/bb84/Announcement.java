package io.bellgate.qkd.bb84;

import io.bellgate.api.qkd.ChannelBroken;
import io.bellgate.api.qkd.ClassicalChannel;
import io.bellgate.api.qkd.QuantumChannel.Detections;
import java.util.Arrays;

/**
 * What Bob says in public: which pulses clicked, and his basis for each. Nothing of what he found.
 *
 * <p>Parts of at most {@link #PART} detections: {@code [03][last u8][double clicks u32][count
 * u32][low u8]}, then each position as the gap to the one before in a Rice code of {@code low}
 * bits, then a bit for each basis (1 = X). Rice, "Some practical universal noiseless coding
 * techniques" (1979): for a geometric gap of mean 1/p it is within 0.1 bit of the entropy h(p)/p;
 * 11.5 bits for p = 10^-3.
 *
 * @param pulses rising
 * @param bases Bob's, set for X
 * @param doubleClicks how many of them were both detectors
 */
record Announcement(long[] pulses, Bits bases, int doubleClicks) {
  /** The most detections of a block: some 40 MB at Bob, in arrays. */
  static final int MOST = 1 << 22;

  static final int PART = 1 << 17;

  private static final int MOST_LOW = 62;

  static Announcement of(Detections detections) throws ChannelBroken {
    int count = detections.pulses().length;
    if (count > MOST) {
      throw new ChannelBroken(
          ChannelBroken.Reason.DEVICE,
          "BG-BB84-002 a block has at most "
              + MOST
              + " detections: detections="
              + count
              + "; plan fewer pulses");
    }
    Bits bases = new Bits(count);
    int doubles = 0;
    for (int i = 0; i < count; i++) {
      bases.set(i, (detections.settings()[i] & Choices.TEST_BASIS) != 0);
      doubles += detections.values()[i] == 2 ? 1 : 0;
    }
    return new Announcement(detections.pulses(), bases, doubles);
  }

  void send(ClassicalChannel channel) throws ChannelBroken, InterruptedException {
    int from = 0;
    do {
      int to = Math.min(pulses.length, from + PART);
      channel.send(part(from, to));
      from = to;
    } while (from < pulses.length);
  }

  private byte[] part(int from, int to) {
    long before = from == 0 ? -1 : pulses[from - 1];
    long span = from == to ? 0 : pulses[to - 1] - before;
    int low = low(span, to - from);
    BitOut out =
        new BitOut()
            .bits(Type.DETECTED.code(), 8)
            .bits(to == pulses.length ? 1 : 0, 8)
            .bits(to == pulses.length ? doubleClicks : 0, 32)
            .bits(to - from, 32)
            .bits(low, 8);
    for (int i = from; i < to; i++) {
      out.rice(pulses[i] - before - 1, low);
      before = pulses[i];
    }
    for (int i = from; i < to; i++) {
      out.bits(bases.get(i) ? 1 : 0, 1);
    }
    return out.octets();
  }

  /**
   * Low bits that suit the mean gap: 1 + floor(log2(0.481 mean)), 0.481 = -ln(golden ratio - 1).
   */
  private static int low(long span, int count) {
    long scaled = count == 0 ? 0 : (long) (0.481 * (span - count) / count);
    return scaled <= 0 ? 0 : Math.min(MOST_LOW, 64 - Long.numberOfLeadingZeros(scaled));
  }

  /**
   * Receives all parts; not verified yet.
   *
   * @param pulses of the block
   */
  static Announcement receive(ClassicalChannel channel, long pulses)
      throws ChannelBroken, InterruptedException, Malformed {
    long most = Math.min(MOST, pulses);
    long[] positions = new long[0];
    Bits bases = new Bits(0);
    while (true) {
      BitIn in = new BitIn(channel.receive());
      if (in.bits(8) != Type.DETECTED.code()) {
        throw new Malformed("detections follow the pulses");
      }
      boolean last = in.bits(8) == 1;
      long doubles = in.bits(32);
      long count = in.bits(32);
      int low = (int) in.bits(8);
      long total = positions.length + count;
      if (count > PART
          || total > most
          || low > MOST_LOW
          || doubles > total
          || !last && count != PART) {
        throw new Malformed("detections are bounded: count=" + count + " all=" + total);
      }
      in.need(count * (low + 2L));
      positions = positions(in, positions, (int) count, low, pulses);
      bases = bases(in, bases, (int) count);
      in.end();
      if (last) {
        return new Announcement(positions, bases, (int) doubles);
      }
    }
  }

  private static long[] positions(BitIn in, long[] before, int count, int low, long pulses)
      throws Malformed {
    long[] all = Arrays.copyOf(before, before.length + count);
    long previous = before.length == 0 ? -1 : before[before.length - 1];
    for (int i = before.length; i < all.length; i++) {
      previous += 1 + in.rice(low, pulses - previous - 2);
      all[i] = previous;
    }
    return all;
  }

  private static Bits bases(BitIn in, Bits before, int count) throws Malformed {
    Bits all = new Bits(before.size() + count);
    for (int i = 0; i < before.size(); i++) {
      all.set(i, before.get(i));
    }
    for (int i = before.size(); i < all.size(); i++) {
      all.set(i, in.bits(1) == 1);
    }
    return all;
  }
}
