package io.bellgate.coap.readings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AskersTest {
  private final Askers askers = new Askers();

  private static Source tank(int number) {
    return new Source("alice", "tank-" + number, "level");
  }

  @Test
  void forgetsOfANodeWhatItAskedForLongestAgo() {
    for (int i = 0; i < Askers.MOST_OF_NODE; i++) {
      askers.asked("panel", tank(i));
    }
    askers.asked("door", tank(1));
    askers.asked("panel", tank(0));
    askers.asked("panel", tank(99));
    assertEquals(List.of("panel"), askers.of(tank(0)), "asked again");
    assertEquals(List.of("door"), askers.of(tank(1)));
    assertEquals(List.of("panel"), askers.of(tank(99)));
    assertEquals(Askers.MOST_OF_NODE + 1, askers.pairs());
  }

  @Test
  void forgetsWhoAskedLongestAgo() {
    askers.asked("first", tank(0));
    for (int i = 1; i < Askers.MOST; i++) {
      askers.asked("panel-" + i, tank(0));
    }
    askers.asked("first", tank(0));
    askers.asked("one-more", tank(1));
    assertEquals(Askers.MOST, askers.pairs());
    List<String> left = askers.of(tank(0));
    assertEquals(Askers.MOST - 1, left.size());
    assertTrue(left.contains("first"));
    assertTrue(!left.contains("panel-1"));
    assertTrue(left.contains("panel-2"));
  }

  @Test
  void countsWhatItHolds() {
    long seed = System.nanoTime();
    System.out.println("AskersTest.countsWhatItHolds seed=" + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      askers.asked("panel-" + random.nextInt(40), tank(random.nextInt(60)));
    }
    int pairs = 0;
    Set<String> nodes = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      pairs += askers.of(tank(i)).size();
      nodes.addAll(askers.of(tank(i)));
    }
    assertEquals(askers.pairs(), pairs);
    assertEquals(nodes, new HashSet<>(askers.all()));
    assertTrue(pairs <= 40 * Askers.MOST_OF_NODE);
  }
}
