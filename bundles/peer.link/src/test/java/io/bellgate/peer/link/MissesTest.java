package io.bellgate.peer.link;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MissesTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 3 * SECOND); // it wraps
  private final Misses misses = new Misses(now::get);

  private static InetAddress source(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {10, 0, (byte) (last >> 8), (byte) last});
  }

  @Test
  void letsEightThroughAndThenOneASecond() throws Exception {
    for (int i = 0; i < 8; i++) {
      assertFalse(misses.tooMany(source(1)), "miss " + i);
      misses.missed(source(1));
    }
    assertTrue(misses.tooMany(source(1)));
    assertFalse(misses.tooMany(source(2)), "others are not concerned");
    now.addAndGet(SECOND);
    assertFalse(misses.tooMany(source(1)));
    misses.missed(source(1));
    assertTrue(misses.tooMany(source(1)));
    now.addAndGet(60 * SECOND);
    for (int i = 0; i < 8; i++) {
      assertFalse(misses.tooMany(source(1)), "forgiven " + i);
      misses.missed(source(1));
    }
    assertTrue(misses.tooMany(source(1)));
  }

  @Test
  void forgetsTheOldestSourceOfMany() throws Exception {
    for (int i = 0; i < 8; i++) {
      misses.missed(source(1));
    }
    for (int i = 2; i < 258; i++) {
      misses.missed(source(i));
    }
    assertFalse(misses.tooMany(source(1)));
  }
}
