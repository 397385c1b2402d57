package io.bellgate.entropy.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bellgate.api.bits.Secret;
import io.bellgate.api.entropy.EntropyFailure;
import java.io.EOFException;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random bits from healthy, stuck and ending sources. */
class OsRandomBitsTest {
  /** A source that is good for some octets and then stuck at zero, or ends. */
  private static final class FailingSource implements NoiseSource {
    private final Random octets = new Random(7);
    private final boolean ends;
    private int good;

    FailingSource(int good, boolean ends) {
      this.good = good;
      this.ends = ends;
    }

    @Override
    public String name() {
      return "test:failing";
    }

    @Override
    public void read(byte[] into) throws IOException {
      octets.nextBytes(into);
      good -= into.length;
      if (good < 0) {
        if (ends) {
          throw new EOFException("ended");
        }
        java.util.Arrays.fill(into, (byte) 0);
      }
    }
  }

  @Test
  void drawsFromTheOperatingSystemByName() {
    OsRandomBits bits = new OsRandomBits();
    assertTrue(bits.source().startsWith("os:"), bits.source());
    try (Secret one = bits.draw(65_536);
        Secret two = bits.draw(65_536)) {
      assertFalse(one.matches(two));
    }
    assertEquals(0, bits.status().get("creditedEntropyBits"));
    assertEquals(131_072L, bits.status().get("drawnOctets"));
  }

  @Test
  void refusesSizesOutOfRange() {
    OsRandomBits bits = new OsRandomBits();
    assertThrows(IllegalArgumentException.class, () -> bits.draw(0));
    assertThrows(IllegalArgumentException.class, () -> bits.draw(65_537));
  }

  @Test
  void givesNothingOutWhenTheStartupTestFails() {
    OsRandomBits bits = new OsRandomBits(new FailingSource(0, false));
    assertThrows(EntropyFailure.class, () -> bits.draw(32));
    assertEquals(false, bits.status().get("healthy"));
  }

  @Test
  void closesForGoodWhenTheSourceGetsStuck() {
    OsRandomBits bits = new OsRandomBits(new FailingSource(2048, false));
    bits.draw(1024).destroy();
    byte[] octets = new byte[64];
    assertThrows(EntropyFailure.class, () -> bits.fill(octets));
    assertArrayEquals(new byte[64], octets);
    assertThrows(EntropyFailure.class, () -> bits.draw(1));
    assertEquals(2L, bits.status().get("refusals"));
  }

  @Test
  void closesForGoodWhenTheSourceEnds() {
    OsRandomBits bits = new OsRandomBits(new FailingSource(1024, true));
    String message = assertThrows(EntropyFailure.class, () -> bits.draw(1)).getMessage();
    assertTrue(message.contains("failure=ended"), message);
  }

  @Test
  void givesNothingOutAfterItWasStopped() {
    OsRandomBits bits = new OsRandomBits();
    bits.stop();
    assertThrows(EntropyFailure.class, () -> bits.draw(1));
  }
}
