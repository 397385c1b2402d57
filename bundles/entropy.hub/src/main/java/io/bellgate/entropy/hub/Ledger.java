package io.bellgate.entropy.hub;

import java.util.LinkedHashMap;
import java.util.Map;

/** What entropy came in from a source, went out as full-entropy bits, and was thrown away. */
final class Ledger {
  private double claimedBits;
  private long conditionedBits;
  private long consumedBits;
  private long discardedBits;

  synchronized void conditioned(double inputEntropy, long outputBits) {
    claimedBits += inputEntropy;
    conditionedBits += outputBits;
  }

  synchronized void consumed(long bits) {
    consumedBits += bits;
  }

  synchronized void discarded(long bits) {
    discardedBits += bits;
  }

  synchronized Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("claimedInBits", Math.round(claimedBits));
    status.put("fullEntropyBits", conditionedBits);
    status.put("consumedBits", consumedBits);
    status.put("discardedBits", discardedBits);
    return status;
  }
}
