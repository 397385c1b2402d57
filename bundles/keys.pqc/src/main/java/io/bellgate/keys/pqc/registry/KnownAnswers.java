package io.bellgate.keys.pqc.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Properties;

/** The published values of one algorithm that the self-test goes by; the file names the sources. */
final class KnownAnswers {
  private static final Properties ALL = load();

  private final String name;

  KnownAnswers(String name) {
    this.name = name;
  }

  private static Properties load() {
    Properties all = new Properties();
    try (InputStream in = KnownAnswers.class.getResourceAsStream("known-answers.properties")) {
      all.load(in);
      return all;
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  /** The value under a word, or an exception: an answer that is missing fails the test. */
  byte[] get(String word) {
    String hex = ALL.getProperty(name + "." + word);
    if (hex == null) {
      throw new IllegalStateException("no known answer: name=" + name + "." + word);
    }
    return HexFormat.of().parseHex(hex);
  }

  /**
   * Compares with the value under a word.
   *
   * @throws Wrong if it differs
   */
  void expect(String word, byte[] got) throws GeneralSecurityException {
    byte[] compared =
        word.endsWith("Hash") ? MessageDigest.getInstance("SHA-256").digest(got) : got;
    if (!Arrays.equals(get(word), compared)) {
      throw new Wrong("not the known answer: " + word);
    }
  }

  /** The self-test found what must not be. */
  static final class Wrong extends GeneralSecurityException {
    private static final long serialVersionUID = 1L;

    Wrong(String message) {
      super(message);
    }
  }

  /** What should be refused is tried, and must be. */
  static void refused(String what, Attempt attempt) throws Wrong {
    boolean accepted;
    try {
      accepted = attempt.accepted();
    } catch (GeneralSecurityException | RuntimeException refused) {
      return;
    }
    if (accepted) {
      throw new Wrong("accepted " + what);
    }
  }

  /** Something that should fail. */
  interface Attempt {
    boolean accepted() throws GeneralSecurityException;
  }
}
