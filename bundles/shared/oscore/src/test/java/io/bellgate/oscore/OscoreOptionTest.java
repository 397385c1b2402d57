package io.bellgate.oscore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OscoreOptionTest {
  @Test
  void refusesWhatIsMalformed() {
    for (String value :
        "00 06 0701020304050607 20 80 0214 10 1905 1914030100 020014 0114ff".split(" ")) {
      byte[] octets = HexFormat.of().parseHex(value);
      assertThrows(IllegalArgumentException.class, () -> OscoreOption.decode(octets), () -> value);
    }
  }

  @Test
  void isReadInOneWayOnly() {
    long seed = 8613;
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] value = new byte[random.nextInt(18)];
      random.nextBytes(value);
      if (value.length > 0) {
        value[0] &= 0x1f;
      }
      try {
        assertArrayEquals(value, OscoreOption.decode(value).encode(), "seed=" + seed + " i=" + i);
        read++;
      } catch (IllegalArgumentException malformed) {
        assertEquals("malformed OSCORE option", malformed.getMessage());
      }
    }
    assertTrue(read > 10_000, "read=" + read);
  }

  @Test
  void hasAWindowThatTakesEachOfTheLatest64OnceInAnyOrder() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      ReplayWindow window = new ReplayWindow();
      TreeSet<Long> taken = new TreeSet<>();
      long highest = -1;
      for (int i = 0; i < 2_000; i++) {
        long number = Math.max(0, highest + random.nextInt(100) - 80);
        number += random.nextInt(50) == 0 ? random.nextInt(200) : 0;
        boolean expected = !taken.contains(number) && number > highest - ReplayWindow.WIDTH;
        assertEquals(expected, window.isNew(number), "seed=" + seed + " number=" + number);
        assertEquals(expected, window.take(number), "seed=" + seed + " number=" + number);
        if (expected) {
          taken.add(number);
          highest = Math.max(highest, number);
        }
        window = new ReplayWindow(window.highest(), window.arrived());
      }
    }
  }
}
