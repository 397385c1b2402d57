package io.bellgate.qkd.link;

import io.bellgate.api.qkd.Role;
import io.bellgate.api.qkd.Sifting;
import io.bellgate.qkd.link.distill.Distillation;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What became of a block, for status, files and scripts: counts, every disclosed bit by reason,
 * what epsilon is spent on, the length. Never key bits.
 *
 * @param id of the block
 * @param role of this end
 * @param started when
 * @param took how long
 * @param device the quantum device in words
 * @param simulated whether no photon was involved
 * @param proposal size and thresholds
 * @param counts of pulses, detections, sifted bits
 * @param qber in the test basis; not a number if nothing was compared
 * @param minEntropyBits bound of the protocol; 0 if there is none
 * @param bound which
 * @param spent disclosed in post-processing
 * @param tags tag keys used up by both ends
 * @param forgery chance that one of the tags was forged
 * @param secretBits length of the key; 0 if there is none
 * @param fullEntropy whether all random bits of both ends had full entropy; else the key's secrecy
 *     is computational
 * @param outcome {@code confirmed}, {@code unresolved} (held here, the peer's last word is
 *     missing), {@code aborted}
 * @param reason why aborted, a word; else empty
 * @param evidence why aborted, in words; else empty
 */
record BlockRecord(
    UUID id,
    Role role,
    Instant started,
    Duration took,
    String device,
    boolean simulated,
    Proposal proposal,
    Sifting.Counts counts,
    double qber,
    double minEntropyBits,
    String bound,
    Distillation.Spent spent,
    int tags,
    double forgery,
    int secretBits,
    boolean fullEntropy,
    String outcome,
    String reason,
    String evidence) {
  static final String CONFIRMED = "confirmed";
  static final String UNRESOLVED = "unresolved";
  static final String ABORTED = "aborted";

  boolean confirmed() {
    return outcome.equals(CONFIRMED);
  }

  /** For JSON: units in the names. */
  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("block", id.toString());
    map.put("role", role.name().toLowerCase(java.util.Locale.ROOT));
    map.put("started", started.toString());
    map.put("seconds", took.toMillis() / 1e3);
    map.put("device", device);
    map.put("simulated", simulated);
    map.put("protocol", proposal.protocol());
    map.put("reconciler", proposal.reconciler());
    map.put("pulses", counts.pulses());
    map.put("detections", counts.detections());
    map.put("doubleClicks", counts.doubleClicks());
    map.put("keySiftedBits", counts.keySifted());
    map.put("testSiftedBits", counts.testSifted());
    map.put("testErrors", counts.testErrors());
    if (!Double.isNaN(qber)) {
      map.put("qber", qber);
    }
    map.put("keyBits", proposal.plan().keyBits());
    map.put("minEntropyBits", Math.floor(minEntropyBits));
    map.put("bound", bound);
    map.put("disclosedBits", disclosed());
    map.put("epsilon", epsilon());
    map.put("tagKeys", tags);
    map.put("secretBits", secretBits);
    map.put("fullEntropy", fullEntropy);
    map.put("outcome", outcome);
    if (!reason.isEmpty()) {
      map.put("reason", reason);
      map.put("evidence", evidence);
    }
    return map;
  }

  private Map<String, Object> disclosed() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("testBasisNotInKey", counts.testSifted());
    map.put("reconciliationByAlice", spent.aliceBits());
    map.put("reconciliationByBob", spent.bobBits());
    map.put("reconciliationCharged", proposal.budget().reconciliationBits());
    map.put("verification", spent.verificationBits());
    map.put("roundTrips", spent.roundTrips());
    if (spent.correctedBits() >= 0) {
      map.put("corrected", spent.correctedBits());
    }
    return map;
  }

  private Map<String, Object> epsilon() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("secrecy", proposal.plan().epsilonSecrecy());
    map.put("correctness", Round.correctness(proposal.plan().keyBits()));
    map.put("authentication", forgery);
    return map;
  }
}
