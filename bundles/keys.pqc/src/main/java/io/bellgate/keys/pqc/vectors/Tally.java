package io.bellgate.keys.pqc.vectors;

import jakarta.json.JsonObject;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
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

  /** A case of a file of Wycheproof, as {@link Case}. */
  interface Test {
    boolean holds(JsonObject test) throws GeneralSecurityException, CryptoException;
  }

  /** Judges each test of a file of Wycheproof as its publisher does. */
  void wycheproof(JsonObject file, Function<JsonObject, Test> ofGroup) {
    wycheproof(file, Fields::valid, ofGroup);
  }

  /**
   * Judges each test of a file of Wycheproof.
   *
   * @param valid whether a test must hold
   * @param ofGroup what to do with each test of a group; what it throws itself is no case
   */
  void wycheproof(
      JsonObject file, Predicate<JsonObject> valid, Function<JsonObject, Test> ofGroup) {
    Fields.objects(file, "testGroups")
        .forEach(
            group -> {
              Test one = ofGroup.apply(group);
              Fields.objects(group, "tests")
                  .forEach(
                      test -> judged(valid.test(test), test.getInt("tcId"), () -> one.holds(test)));
            });
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
