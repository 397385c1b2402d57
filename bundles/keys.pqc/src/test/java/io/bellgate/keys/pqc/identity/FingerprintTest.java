package io.bellgate.keys.pqc.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.bellgate.api.keys.PublicIdentity;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fingerprints read as they are written. */
class FingerprintTest {
  @Test
  void hasTheWordsOfTheProposal() {
    // arXiv:0901.4016, its examples of IPv4 addresses: 127.0.0.1 and 63.84.220.193
    byte[] octets = new byte[32];
    byte[] examples = {127, 0, 0, 1, 63, 84, (byte) 220, (byte) 193};
    System.arraycopy(examples, 0, octets, 0, examples.length);
    assertEquals(
        "lusab-babad-gutih-tugad", String.join("-", Fingerprint.words(octets).subList(0, 4)));
  }

  @Test
  void isReadInEachOfItsForms() {
    long seed = System.nanoTime();
    System.out.println("FingerprintTest seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      byte[] octets = new byte[32];
      random.nextBytes(octets);
      Fingerprint one = Fingerprint.of(new PublicIdentity("a", octets, octets, octets));
      assertEquals(one, Fingerprint.parse(one.toString()), "seed=" + seed);
      assertEquals(one, Fingerprint.parse(one.hex().toUpperCase()), "seed=" + seed);
      assertEquals(one, Fingerprint.parse(String.join("-", one.words())), "seed=" + seed);
      assertEquals(one, Fingerprint.parse(String.join("\n ", one.words())), "seed=" + seed);
    }
    for (String wrong : new String[] {"", "00", "x".repeat(80), "lusab".repeat(15)}) {
      assertThrows(IllegalArgumentException.class, () -> Fingerprint.parse(wrong), wrong);
    }
  }

  @Test
  void dependsOnEachKeyAndTheSite() {
    byte[] zero = new byte[32];
    byte[] one = new byte[33];
    Fingerprint base = Fingerprint.of(new PublicIdentity("a", zero, zero, zero));
    assertNotEquals(base, Fingerprint.of(new PublicIdentity("b", zero, zero, zero)));
    assertNotEquals(base, Fingerprint.of(new PublicIdentity("a", one, zero, zero)));
    assertNotEquals(base, Fingerprint.of(new PublicIdentity("a", zero, one, zero)));
    assertNotEquals(base, Fingerprint.of(new PublicIdentity("a", zero, zero, one)));
  }
}
