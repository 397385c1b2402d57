package io.bellgate.gateway.router;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Durable counters that only rise: the policy epoch, the number of the last delivery, the transfers
 * to each peer. Changed on the store's thread only.
 */
final class Epoch {
  /** 2^44: a hundred million numbers meet another such run by chance once in 100,000 times. */
  private static final long MOST_APART = 1L << 44;

  private final Table<String> meta;
  private final RandomGenerator random;

  /** The random numbers are no secret, but must differ from start to start. */
  Epoch(Store store, RandomGenerator random) {
    meta = store.named("meta");
    this.random = random;
  }

  /**
   * The policy epoch: raised at every adoption of a rule set, the re-adoption of an old one
   * included.
   */
  long number() {
    return get("epoch");
  }

  /** Raises the epoch if this rule set is not the one in force. */
  void adopt(String ruleSet) {
    byte[] octets = ruleSet.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    if (!java.util.Arrays.equals(octets, meta.get("ruleset"))) {
      meta.put("ruleset", octets);
      next("epoch");
    }
  }

  /** The next transfer number that will be used for a peer. */
  long transfers(String peer) {
    return get("transfer." + peer) + 1;
  }

  long nextTransfer(String peer) {
    return next("transfer." + peer);
  }

  void transfersAtLeast(String peer, long number) {
    if (get("transfer." + peer) < number) {
      meta.put("transfer." + peer, ByteBuffer.allocate(8).putLong(number).array());
    }
  }

  /** How far to go ahead where nobody knows which transfer numbers are in use. */
  long distance() {
    return random.nextLong(1, MOST_APART);
  }

  long nextDelivery() {
    return next("delivery");
  }

  private long next(String name) {
    long next = get(name) + 1;
    meta.put(name, ByteBuffer.allocate(8).putLong(next).array());
    return next;
  }

  private long get(String name) {
    byte[] octets = meta.get(name);
    return octets == null ? 0 : ByteBuffer.wrap(octets).getLong();
  }
}
