package io.bellgate.keys.pqc.identity;

import io.bellgate.api.keys.PublicIdentity;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What people compare: SHA-256 over the site and all its public keys. Shown as 64 hexadecimal
 * digits in groups of four, or as 16 words that can be read out: each is 16 bits as a proquint
 * (Wilkerson, "A Proposal for Proquints", arXiv:0901.4016).
 */
final class Fingerprint {
  /** How many words it has. */
  static final int WORDS = 16;

  private static final String CONSONANTS = "bdfghjklmnprstvz";
  private static final String VOWELS = "aiou";

  private final byte[] octets;

  private Fingerprint(byte[] octets) {
    this.octets = octets;
  }

  static Fingerprint of(PublicIdentity identity) {
    return new Fingerprint(
        new Octets("bellgate identity fingerprint 1")
            .add(identity.site())
            .add(identity.certificate())
            .add(identity.ed25519())
            .add(identity.xWing())
            .sha256());
  }

  /**
   * Reads what somebody typed: the digits or the words, with any blanks, hyphens and colons.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static Fingerprint parse(String typed) {
    String plain = typed.toLowerCase(Locale.ROOT).replaceAll("[\\s:-]", "");
    if (plain.matches("[0-9a-f]{64}")) {
      return new Fingerprint(HexFormat.of().parseHex(plain));
    }
    if (plain.length() == 5 * WORDS) {
      byte[] octets = new byte[2 * WORDS];
      for (int i = 0; i < WORDS; i++) {
        int value = value(plain.substring(5 * i, 5 * i + 5));
        octets[2 * i] = (byte) (value >> 8);
        octets[2 * i + 1] = (byte) value;
      }
      return new Fingerprint(octets);
    }
    throw new IllegalArgumentException(
        "BG-IDENT-010 a fingerprint is 64 hexadecimal digits or 16 words: characters="
            + plain.length());
  }

  /** In groups of four digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(octets).replaceAll("(.{4})(?=.)", "$1 ");
  }

  String hex() {
    return HexFormat.of().formatHex(octets);
  }

  List<String> words() {
    return words(octets);
  }

  /** Any 32 octets as 16 words. */
  static List<String> words(byte[] octets) {
    return IntStream.range(0, WORDS)
        .mapToObj(i -> word((octets[2 * i] & 0xff) << 8 | octets[2 * i + 1] & 0xff))
        .toList();
  }

  private static String word(int value) {
    char[] word = {
      CONSONANTS.charAt(value >> 12),
      VOWELS.charAt(value >> 10 & 3),
      CONSONANTS.charAt(value >> 6 & 15),
      VOWELS.charAt(value >> 4 & 3),
      CONSONANTS.charAt(value & 15)
    };
    return new String(word);
  }

  private static int value(String word) {
    int value = 0;
    for (int i = 0; i < word.length(); i++) {
      String letters = i % 2 == 0 ? CONSONANTS : VOWELS;
      int at = letters.indexOf(word.charAt(i));
      if (at < 0) {
        throw new IllegalArgumentException("BG-IDENT-010 no word of a fingerprint: word=" + word);
      }
      value = value << (i % 2 == 0 ? 4 : 2) | at;
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint f && Arrays.equals(octets, f.octets);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(octets);
  }
}
