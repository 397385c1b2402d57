package io.bellgate.api.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.keys.KeyCombiner.Combined;
import io.bellgate.api.keys.KeyCombiner.Context;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What every {@link KeyCombiner} keeps to: the two ends of a link may have different ones. The
 * expected octets were computed with another implementation of HMAC.
 */
public abstract class KeyCombinerContract {
  private static final Context MESSAGE = new Context("qkd+pqc", "alice", "bob", "message", 1);

  /** For a combiner's test. */
  protected KeyCombinerContract() {}

  /**
   * Makes the one that is tested.
   *
   * @return any
   */
  protected abstract KeyCombiner combiner();

  /** Octets that count up from {@code first}. */
  private static Key key(KeyId id, int first) {
    byte[] octets = new byte[id.length()];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = (byte) (first + i);
    }
    return new Key(
        id, new KeyOrigin(KeyOrigin.Kind.QKD, false, false, Map.of()), Secret.absorb(octets));
  }

  private static Key a() {
    return key(new KeyId(new UUID(1, 2), 32, 32), 0);
  }

  private static Key b() {
    return key(new KeyId(new UUID(3, 4), 0, 64), 64);
  }

  private static String hex(Combined combined) {
    HexFormat hex = HexFormat.of();
    return combined.key().lend(hex::formatHex) + " " + hex.formatHex(combined.commitment());
  }

  private String combined(Context context, Key... keys) {
    return hex(combiner().combine(context, List.of(keys)));
  }

  /** One key. */
  @Test
  public void combinerGivesTheKnownAnswerForOneKey() {
    assertEquals(
        "d68756077eff59cd06dbc46a902110f7010cc8616884843e06e177f483c500ff"
            + " 144f30ea989030ff55da179f55af828260830418bb660500aed49e51650de500",
        combined(new Context("pqc", "alice", "bob", "message", 1), a()));
  }

  /** Two keys of different lengths; an epoch is a signed number. */
  @Test
  public void combinerGivesTheKnownAnswersForTwoKeys() {
    assertEquals(
        "115771d78e69b5771828bfabf216287999941d87d292d55d33b07c8fe68d273a"
            + " 9398dee563b4d80b1732e0d51e10ad16f3fe89bbd7f5a17c0c1d1d0745293a17",
        combined(new Context("qkd+pqc", "alice", "bob", "message", -1), a(), b()));
    assertEquals(
        "3ff22b5d946f9978266a380cf3895f52a7caaae1272f864cd076930ee3c5a1ef"
            + " 8d6d84e02bd9ff8e81a55ce0048e3e9aa7476f0461b9da14694fd843a61d9d0b",
        combined(new Context("qkd+pqc", "alice", "bob", "message", 1_234_567_890_123L), a(), b()));
  }

  /** Any difference in anything. */
  @Test
  public void combinerBindsEverythingAndTheOrder() {
    List<String> all = new ArrayList<>();
    all.add(combined(MESSAGE, a(), b()));
    all.add(combined(MESSAGE, b(), a()));
    all.add(combined(MESSAGE, a()));
    all.add(combined(MESSAGE, b()));
    all.add(combined(MESSAGE, key(a().id(), 1), b()));
    all.add(combined(MESSAGE, a(), key(b().id(), 1)));
    all.add(combined(MESSAGE, key(new KeyId(new UUID(1, 2), 64, 32), 0), b()));
    all.add(combined(new Context("qkd", "alice", "bob", "message", 1), a(), b()));
    all.add(combined(new Context("qkd+pqc", "bob", "alice", "message", 1), a(), b()));
    all.add(combined(new Context("qkd+pqc", "alice", "bo", "bmessage", 1), a(), b()));
    all.add(combined(new Context("qkd+pqc", "alice", "bob", "other", 1), a(), b()));
    all.add(combined(new Context("qkd+pqc", "alice", "bob", "message", 2), a(), b()));
    Set<String> halves = new HashSet<>();
    all.forEach(c -> halves.addAll(List.of(c.split(" "))));
    assertEquals(2 * all.size(), halves.size());
  }

  /** Keys are lent. */
  @Test
  public void combinerLeavesTheKeysToTheirOwner() {
    Key key = a();
    String first = combined(MESSAGE, key);
    assertEquals(first, combined(MESSAGE, key));
    assertTrue(key.secret().matches(a().secret()));
  }

  /** What it returns is not shared. */
  @Test
  public void combinerReturnsWhatTheCallerOwns() {
    KeyCombiner combiner = combiner();
    Combined first = combiner.combine(MESSAGE, List.of(a()));
    first.key().destroy();
    java.util.Arrays.fill(first.commitment(), (byte) 0);
    Combined second = combiner.combine(MESSAGE, List.of(a()));
    assertEquals(32, second.key().length());
    assertEquals(32, second.commitment().length);
    assertFalse(hex(second).contains("0".repeat(64)));
  }

  /** One to four. */
  @Test
  public void combinerRefusesNoKeysAndTooMany() {
    assertThrows(IllegalArgumentException.class, () -> combiner().combine(MESSAGE, List.of()));
    combined(MESSAGE, a(), a(), a(), a());
    assertThrows(
        IllegalArgumentException.class,
        () -> combiner().combine(MESSAGE, List.of(a(), a(), a(), a(), a())));
  }
}
