package io.bellgate.api.bits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SecretBitsTest {
  @Test
  void takesWordsOverAndDropsBitsBeyondItsLength() {
    long[] words = {-1, -1, -1};
    SecretBits bits = SecretBits.absorb(words, 70);
    assertArrayEquals(new long[3], words);
    assertArrayEquals(new long[] {-1, 63}, bits.lend(long[]::clone));
    assertEquals("SecretBits[70 bits]", bits.toString());
  }

  @Test
  void isGoneOnceDestroyed() {
    SecretBits bits = SecretBits.absorb(new long[] {5}, 3);
    long[] lent = bits.lend(w -> w);
    bits.destroy();
    assertArrayEquals(new long[1], lent);
    assertThrows(IllegalStateException.class, () -> bits.use(w -> {}));
  }

  @Test
  void refusesALengthThatItsWordsDoNotHold() {
    assertThrows(IllegalArgumentException.class, () -> SecretBits.absorb(new long[1], 65));
    assertThrows(IllegalArgumentException.class, () -> SecretBits.absorb(new long[1], -1));
  }
}
