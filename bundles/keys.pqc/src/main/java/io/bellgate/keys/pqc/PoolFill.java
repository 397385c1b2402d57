package io.bellgate.keys.pqc;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.crypto.AlgorithmRegistry;
import io.bellgate.api.crypto.AlgorithmRegistry.Use;
import io.bellgate.api.keys.KeyPool;
import io.bellgate.keys.pqc.registry.Hkdf;
import io.bellgate.keys.pqc.registry.Stopwatch;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Measures what a batch of keys costs: both ends of an exchange on one thread, without channel and
 * pool, beside the bare key pairs, encapsulations and agreements in the same run, without and with
 * HKDF.
 */
public final class PoolFill {
  private static final int KEYS = 64;

  private PoolFill() {}

  /**
   * Measures the first suite.
   *
   * @param millis processor time for each row
   * @return batches in a second of processor time, by name
   * @throws GeneralSecurityException never
   */
  public static Map<String, Double> perCpuSecond(AlgorithmRegistry registry, long millis)
      throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    List<Kem> kems = Suite.HYBRID.kems(registry, Use.MAKE);
    Map<String, Double> rows = new LinkedHashMap<>();
    rows.put("primitives", Stopwatch.perSecond(() -> bare(kems, random), millis));
    Hkdf hkdf = new Hkdf(384, registry.require("HKDF-SHA-384", Use.ACCEPT).provider());
    rows.put(
        "and HKDF",
        Stopwatch.perSecond(
            () -> {
              bare(kems, random);
              derive(hkdf);
              derive(hkdf);
            },
            millis));
    rows.put("batch of " + KEYS, Stopwatch.perSecond(() -> batch(registry, random), millis));
    return rows;
  }

  private static void bare(List<Kem> kems, SecureRandom random) {
    for (Kem kem : kems) {
      Kem.Offered offered = kem.offer(random);
      Kem.Replied replied = kem.reply(offered.offer(), random);
      offered.secret(replied.reply()).destroy();
      replied.secret().destroy();
    }
  }

  /** What one end derives. */
  private static void derive(Hkdf hkdf) {
    byte[] info = new byte[52];
    byte[] prk = hkdf.extract(info, new byte[64]);
    hkdf.expand(prk, info, KEYS * KeyPool.CHUNK_OCTETS);
    hkdf.expand(prk, info, Agreement.MAC_OCTETS);
  }

  private static void batch(AlgorithmRegistry registry, SecureRandom random) {
    Agreement.Terms terms = new Agreement.Terms(Suite.HYBRID, new UUID(1, 2), "alice", "bob", KEYS);
    List<Kem.Offered> offered = new ArrayList<>();
    Suite.HYBRID.kems(registry, Use.MAKE).forEach(kem -> offered.add(kem.offer(random)));
    List<byte[]> offers = offered.stream().map(Kem.Offered::offer).toList();
    List<Kem> kems = Suite.HYBRID.kems(registry, Use.ACCEPT);
    List<byte[]> replies = new ArrayList<>();
    List<Secret> theirs = new ArrayList<>();
    List<Secret> own = new ArrayList<>();
    for (int i = 0; i < kems.size(); i++) {
      Kem.Replied replied = kems.get(i).reply(offers.get(i), random);
      replies.add(replied.reply());
      theirs.add(replied.secret());
      own.add(offered.get(i).secret(replied.reply()));
    }
    try (Agreement responder = new Agreement(registry, Use.ACCEPT, terms, offers, replies, theirs);
        Agreement initiator = new Agreement(registry, Use.MAKE, terms, offers, replies, own)) {
      boolean agreed =
          initiator.confirms("reply", responder.mac("reply"))
              && responder.confirms("confirm", initiator.mac("confirm"))
              && initiator.confirms("confirmed", responder.mac("confirmed"));
      if (!agreed) {
        throw new IllegalStateException("the two ends derived different keys");
      }
    }
  }
}
