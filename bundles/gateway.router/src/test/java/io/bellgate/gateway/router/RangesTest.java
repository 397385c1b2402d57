package io.bellgate.gateway.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
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
  void takesEveryTransferOnceInWhateverOrderTheyCome() {
    long seed = 20261125;
    Random random = new Random(seed);
    Ranges ranges = new Ranges();
    TreeSet<Long> asked = new TreeSet<>();
    LongStream.range(0, 8_000).forEach(asked::add);
    int refused = 0;
    while (!asked.isEmpty()) {
      Long later = asked.ceiling((long) random.nextInt(8_000));
      long number = later == null || random.nextInt(4) == 0 ? asked.first() : later;
      assertEquals(Ranges.Known.NEW, ranges.known(number), "seed=" + seed);
      boolean lowest = number == asked.first();
      if (ranges.add(number, asked.first())) {
        asked.remove(number);
      } else {
        refused++;
        assertFalse(lowest, "the lowest is always taken: seed=" + seed);
      }
      assertTrue(ranges.encode().length < 16 * (2 + Ranges.MOST_AHEAD + Ranges.MOST_BEHIND));
    }
    assertTrue(refused > 0, "there were too many gaps: seed=" + seed);
    assertEquals(8 + 16, ranges.encode().length, "all in one range: seed=" + seed);
  }

  @Test
  void refusesOneGapTooManyAndForgetsNothing() {
    Ranges ranges = new Ranges();
    long number = 1;
    while (ranges.add(number, 0)) {
      number += 2;
    }
    assertEquals(1 + 2 * Ranges.MOST_AHEAD, number);
    assertFalse(ranges.add(number + 7, 0));
    assertEquals(Ranges.Known.NEW, ranges.known(number));
    assertEquals(Ranges.Known.NEW, ranges.known(0));
    assertTrue(ranges.add(number - 1, 0), "a neighbour needs no range of its own");
    assertTrue(ranges.add(0, 0), "the mark has room");
    assertTrue(ranges.add(2, 2));
    assertTrue(ranges.add(4, 4));
    assertTrue(ranges.add(number + 7, 6), "now there are fewer gaps");
    assertEquals(Ranges.Known.NEW, ranges.known(6));
  }

  @Test
  void closesTheLowestGapsUnderTheMarkOnlyWhenThereAreTooMany() {
    Ranges ranges = new Ranges();
    for (long n = 0; n < 2L * Ranges.MOST_BEHIND; n += 2) {
      assertTrue(ranges.add(n, n));
    }
    assertEquals(Ranges.Known.NEW, ranges.known(1));
    assertTrue(ranges.add(1_000, 1_000));
    assertTrue(ranges.add(2_000, 2_000));
    assertEquals(Ranges.Known.SEEN, ranges.known(1), "the lowest gap is closed");
    assertEquals(Ranges.Known.NEW, ranges.known(3), "the next is not");
    assertEquals(Ranges.Known.NEW, ranges.known(1_001));
    assertEquals(2_000, ranges.highest());
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
