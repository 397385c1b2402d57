package io.bellgate.keys.pqc.registry;

import io.bellgate.api.crypto.Algorithm.SelfTest;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One algorithm with one provider: tested once, when it is first needed, measured on demand. Thread
 * safe: its monitor guards test and numbers, and is held while it tests.
 */
final class Candidate {
  private static final SelfTest NOT_YET = new SelfTest(false, "not tested yet");

  private final Entry entry;
  private final Source source;
  private Provider provider;
  private SelfTest test = NOT_YET;
  private Map<String, Double> speeds = Map.of();

  Candidate(Entry entry, Source source) {
    this.entry = entry;
    this.source = source;
  }

  /** Whether its provider is Bouncy Castle. */
  boolean isBouncyCastle() {
    return source == Source.BOUNCY_CASTLE;
  }

  /** The provider; empty if there is none, or nobody asked yet. */
  synchronized Optional<Provider> provider() {
    return Optional.ofNullable(provider);
  }

  synchronized SelfTest known() {
    return test;
  }

  /** Operations per second by name, as last measured; the one that decides is the first. */
  synchronized Map<String, Double> speeds() {
    return speeds;
  }

  double speed() {
    return speeds().values().stream().findFirst().orElse(0.0);
  }

  /** The verdict, tried now if it is not known yet. Whatever is thrown is a failure. */
  synchronized SelfTest test() {
    if (test == NOT_YET) {
      test = run();
    }
    return test;
  }

  /** Tries again. */
  synchronized SelfTest again() {
    test = run();
    return test;
  }

  private SelfTest run() {
    try {
      Optional<Provider> found = source.find(entry.service());
      if (found.isEmpty()) {
        return new SelfTest(false, "no provider here has it");
      }
      provider = found.get();
      return new SelfTest(true, entry.trial().check(provider));
    } catch (GeneralSecurityException | RuntimeException | LinkageError failed) {
      return new SelfTest(false, "failed: " + failed);
    }
  }

  /**
   * Measures each operation.
   *
   * @param millis processor time that each may take
   */
  Map<String, Double> measure(long millis) {
    if (!test().passed()) {
      return Map.of();
    }
    Map<String, Double> now = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Trial.Step> step :
          entry.trial().operations(provider().orElseThrow()).entrySet()) {
        now.put(step.getKey(), Stopwatch.perSecond(step.getValue(), millis));
      }
    } catch (GeneralSecurityException | RuntimeException failed) {
      synchronized (this) {
        test = new SelfTest(false, "failed while it was measured: " + failed);
      }
    }
    synchronized (this) {
      speeds = now;
    }
    return now;
  }
}
