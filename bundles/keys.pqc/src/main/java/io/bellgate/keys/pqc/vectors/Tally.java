package io.bellgate.keys.pqc.vectors;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.crypto.CryptoException;

/** Counts the cases of one set. For one thread. */
public final class Tally {
  private final List<String> failures = new ArrayList<>();
  private int cases;

  /** For one set. */
  Tally() {}

  /** One case; whatever it throws, beside what refusals throw, is its failure. */
  interface Case {
    boolean holds() throws GeneralSecurityException, CryptoException;
  }

  /** The case must hold. */
  void accepted(Object id, Case one) {
    cases++;
    try {
      if (!one.holds()) {
        failures.add(id + ": not the published answer");
      }
    } catch (GeneralSecurityException | CryptoException | RuntimeException failed) {
      failures.add(id + ": " + failed);
    }
  }

  /** The case must not hold: it is refused by an exception, or by false. */
  void refused(Object id, Case one) {
    cases++;
    try {
      if (one.holds()) {
        failures.add(id + ": accepted what is malformed");
      }
    } catch (GeneralSecurityException | CryptoException | RuntimeException refused) {
      return;
    }
  }

  /** The case must hold if the publisher says that it is valid, else not. */
  void judged(boolean valid, Object id, Case one) {
    if (valid) {
      accepted(id, one);
    } else {
      refused(id, one);
    }
  }

  static boolean same(byte[] one, byte[] other) {
    return Arrays.equals(one, other);
  }

  /** How many were tried. */
  public int cases() {
    return cases;
  }

  /** Which failed, and how. */
  public List<String> failures() {
    return List.copyOf(failures);
  }
}
