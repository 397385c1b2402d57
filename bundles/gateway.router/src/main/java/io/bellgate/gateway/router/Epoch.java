package io.bellgate.gateway.router;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * Durable counters that only rise: the policy epoch, the number of the last delivery, the transfers
 * to each peer in each series. Changed on the store's thread only.
 */
final class Epoch {
  /** 2^40: a million numbers meet another such run by chance once in a million times. */
  private static final long MOST_APART = 1L << 40;

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

  /** The next count of transfers in a series, see {@link Series#name}. */
  long transfers(String series) {
    return get("transfer." + series) + 1;
  }

  long nextTransfer(String series) {
    return next("transfer." + series);
  }

  void transfersAtLeast(String series, long number) {
    if (get("transfer." + series) < number) {
      meta.put("transfer." + series, ByteBuffer.allocate(8).putLong(number).array());
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
