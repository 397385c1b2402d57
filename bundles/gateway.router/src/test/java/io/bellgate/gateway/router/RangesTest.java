package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RangesTest {
  @Test
  void knowsWhatWasAddedInAnyOrder() {
    long seed = 20261123;
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      Ranges ranges = new Ranges();
      Set<Long> model = new HashSet<>();
      for (int i = 0; i < 300; i++) {
        long n = random.nextInt(200);
        assertEquals(
            model.contains(n) ? Ranges.Known.SEEN : Ranges.Known.NEW,
            ranges.known(n),
            "seed=" + seed);
        if (model.add(n)) {
          ranges.add(n);
        }
        ranges = Ranges.decode(ranges.encode());
      }
      long highest = model.stream().mapToLong(Long::longValue).max().orElse(-1);
      assertEquals(highest, ranges.highest(), "seed=" + seed);
    }
  }

  @Test
  void lowWaterMarkCountsEverythingUnderItAsSeen() {
    Ranges ranges = new Ranges();
    ranges.add(3);
    ranges.add(9);
    ranges.add(10);
    ranges.lowWater(9);
    assertEquals(Ranges.Known.SEEN, ranges.known(0));
    assertEquals(Ranges.Known.SEEN, ranges.known(8));
    assertEquals(Ranges.Known.SEEN, ranges.known(10));
    assertEquals(Ranges.Known.NEW, ranges.known(11));
    ranges.lowWater(4);
    assertEquals(Ranges.Known.SEEN, ranges.known(10), "a lower mark takes nothing back");
    assertEquals(10, ranges.highest());
    ranges.lowWater(20);
    assertEquals(19, ranges.highest());
    assertEquals(Ranges.Known.NEW, ranges.known(20));
  }

  @Test
  void lowWaterMarkInsideARangeKeepsItsEnd() {
    Ranges ranges = new Ranges();
    for (long n = 5; n < 10; n++) {
      ranges.add(n);
    }
    ranges.lowWater(7);
    assertEquals(9, ranges.highest());
    assertEquals(Ranges.Known.NEW, ranges.known(10));
    assertEquals(Ranges.Known.SEEN, ranges.known(0));
  }

  @Test
  void givesUpTheLowestWhenThereAreTooManyGaps() {
    Ranges ranges = new Ranges();
    for (long n = 0; n < 1_000; n += 2) {
      ranges.add(n);
    }
    assertEquals(Ranges.Known.FORGOTTEN, ranges.known(1));
    assertEquals(Ranges.Known.SEEN, ranges.known(998));
    assertEquals(Ranges.Known.NEW, ranges.known(997));
    assertEquals(true, ranges.encode().length < 16 * 300);
  }
}
