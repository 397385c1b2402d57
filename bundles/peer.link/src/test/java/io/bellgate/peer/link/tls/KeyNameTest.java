package io.bellgate.peer.link.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyNameTest {
  private static final KeyName NAME =
      new KeyName(
          KeyName.QKD,
          "X25519MLKEM768",
          "alice",
          "bob",
          12,
          "00000000-0000-0000-0000-000000000001:32:32");

  @Test
  void isReadAsItWasWritten() throws Exception {
    assertEquals(NAME, KeyName.read(NAME.octets()));
  }

  @Test
  void isWrittenInOneWayOnly() {
    for (String other :
        new String[] {
          NAME.toString().replace(" 12 ", " 012 "),
          NAME + " ",
          NAME + "\n",
          NAME.toString().toUpperCase(java.util.Locale.ROOT),
          NAME.toString().replace("bob", "b ob"),
          NAME.toString().replace("bellgate/2", "bellgate/1"),
          "",
        }) {
      assertThrows(
          Refused.class, () -> KeyName.read(other.getBytes(StandardCharsets.US_ASCII)), other);
    }
  }

  @Test
  void survivesAnyChange() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = NAME.octets();
      octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      try {
        assertArrayEquals(octets, KeyName.read(octets).octets(), "seed=" + seed);
      } catch (Refused expected) {
        // the only way to fail
      }
    }
  }
}
