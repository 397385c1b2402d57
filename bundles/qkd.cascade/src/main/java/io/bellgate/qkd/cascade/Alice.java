package io.bellgate.qkd.cascade;

import io.bellgate.api.qkd.ChannelBroken;
import java.util.Arrays;
import java.util.Optional;

/**
 * Alice's end: answers Bob's questions by parities of her key, and counts each bit she tells. She
 * keeps nothing of Bob's but the blocks of his last question. Every question costs at least one
 * parity and their number is bounded, so a peer cannot keep her busy for ever.
 */
final class Alice {
  private final Variant variant;
  private final long[] key;
  private final int length;
  private final double qber;
  private Layout layout;
  private long[] asked = {};
  private long told;
  private int answers;

  /**
   * Waits for Bob's opening.
   *
   * @param key working copy of her key; the caller wipes it
   */
  Alice(Variant variant, long[] key, int length, double qber) {
    this.variant = variant;
    this.key = key;
    this.length = length;
    this.qber = qber;
  }

  /** Parity bits put on the wire so far. */
  long told() {
    return told;
  }

  int answers() {
    return answers;
  }

  void wipe() {
    if (layout != null) {
      layout.wipe();
    }
  }

  /**
   * Takes Bob's next message.
   *
   * @return what to answer; empty when he is done
   * @throws ChannelBroken if it breaks the protocol
   */
  Optional<byte[]> answer(byte[] message) throws ChannelBroken {
    if (layout == null) {
      open(Wire.Opening.decode(message));
      return Optional.of(pass());
    }
    if (message.length == 0) {
      throw Wire.malformed("a message has a type", Wire.head(message));
    }
    switch (message[0]) {
      case Wire.PASS -> {
        if (message.length > 1 || layout.opened() == variant.passes) {
          throw Wire.malformed("a variant has its passes and no more", Wire.head(message));
        }
        return Optional.of(pass());
      }
      case Wire.BISECT -> {
        asked = Wire.bisect(message, layout);
        return Optional.of(firstHalves());
      }
      case Wire.DESCEND -> {
        descend(message);
        return Optional.of(firstHalves());
      }
      case Wire.DONE -> {
        if (message.length > 1) {
          throw Wire.malformed("DONE is all it says", Wire.head(message));
        }
        return Optional.empty();
      }
      default -> throw Wire.malformed("a message has a known type", Wire.head(message));
    }
  }

  private void open(Wire.Opening opening) throws ChannelBroken {
    if (!opening.variant().equals(variant.text)) {
      throw new ChannelBroken(
          ChannelBroken.Reason.MALFORMED,
          "BG-CASCADE-001 both ends use the same variant: ours="
              + variant.text
              + " theirs="
              + opening.variant()
              + ": set `variant` of io.bellgate.qkd.cascade alike at both sites");
    }
    if (opening.length() != length
        || Double.doubleToLongBits(opening.qber()) != Double.doubleToLongBits(qber)) {
      throw new ChannelBroken(
          ChannelBroken.Reason.MALFORMED,
          "BG-CASCADE-002 both ends reconcile as many bits at the same error rate: ours="
              + length
              + " at "
              + qber
              + " theirs="
              + opening.length()
              + " at "
              + opening.qber()
              + ": compare the plans of both sites");
    }
    layout = new Layout(variant, key, length, qber, opening.seed());
  }

  private byte[] pass() throws ChannelBroken {
    Pass pass = layout.open();
    asked = new long[0];
    boolean[] parities = new boolean[layout.told(layout.opened() - 1)];
    for (int i = 0; i < parities.length; i++) {
      parities[i] = pass.order().parity(pass.from(i), pass.to(i));
    }
    return tell(parities);
  }

  private void descend(byte[] message) throws ChannelBroken {
    boolean[] first = Wire.bits(message, Wire.DESCEND, asked.length);
    int count = 0;
    for (int i = 0; i < asked.length; i++) {
      long half = Node.half(asked[i], first[i]);
      if (Node.size(half) > 1) {
        asked[count++] = half;
      }
    }
    asked = Arrays.copyOf(asked, count);
    if (count == 0) {
      throw Wire.malformed("a DESCEND asks about at least one block", Wire.head(message));
    }
  }

  private byte[] firstHalves() throws ChannelBroken {
    boolean[] parities = new boolean[asked.length];
    for (int i = 0; i < asked.length; i++) {
      parities[i] = layout.pass(Node.pass(asked[i])).firstHalf(asked[i]);
    }
    return tell(parities);
  }

  private byte[] tell(boolean[] parities) throws ChannelBroken {
    int count = parities.length;
    if (told + count > layout.mostParities()) {
      throw Wire.malformed(
          "a block of key has at most " + layout.mostParities() + " parities",
          "told=" + told + " asked=" + count);
    }
    told += count;
    answers++;
    return Wire.bits(Wire.ANSWER, parities, count);
  }
}
