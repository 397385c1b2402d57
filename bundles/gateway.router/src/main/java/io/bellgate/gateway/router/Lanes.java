package io.bellgate.gateway.router;

import static java.util.Comparator.comparingLong;
import static java.util.Comparator.naturalOrder;

import io.bellgate.api.policy.Protection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Messages to one peer that wait, kept by what they accept, so that those that want a key there is
 * none of hold up no others. Thread safe.
 */
final class Lanes {
  /**
   * A message that waits.
   *
   * @param priority 0 goes first
   * @param transfer its number
   * @param acceptable its lane
   */
  record Waiting(int priority, long transfer, List<Protection> acceptable)
      implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      return priority != other.priority
          ? Integer.compare(priority, other.priority)
          : Long.compare(transfer, other.transfer);
    }
  }

  private static final class Lane {
    final NavigableSet<Waiting> byPriority = new TreeSet<>();
    final NavigableSet<Waiting> byNumber = new TreeSet<>(comparingLong(Waiting::transfer));
    Long dryUntilNanos;

    boolean open() {
      boolean dry = dryUntilNanos != null && System.nanoTime() - dryUntilNanos < 0;
      return !dry && !byPriority.isEmpty();
    }
  }

  private final Map<List<Protection>, Lane> lanes = new HashMap<>();

  synchronized void put(Waiting message) {
    Lane lane = lane(message.acceptable());
    lane.byPriority.add(message);
    lane.byNumber.add(message);
  }

  synchronized void remove(Waiting message) {
    Lane lane = lane(message.acceptable());
    lane.byPriority.remove(message);
    lane.byNumber.remove(message);
  }

  private Lane lane(List<Protection> acceptable) {
    return lanes.computeIfAbsent(acceptable, a -> new Lane());
  }

  /** There is no key for a lane: it is passed over for a while. */
  synchronized void dry(List<Protection> acceptable, long millis) {
    lane(acceptable).dryUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** The first message that has a chance now, or null. */
  synchronized Waiting first() {
    return lanes.values().stream()
        .filter(Lane::open)
        .map(l -> l.byPriority.first())
        .min(naturalOrder())
        .orElse(null);
  }

  /** The one with the lowest number that has a chance now, or null. */
  synchronized Waiting lowest() {
    return lanes.values().stream()
        .filter(Lane::open)
        .map(l -> l.byNumber.first())
        .min(comparingLong(Waiting::transfer))
        .orElse(null);
  }

  synchronized int size() {
    return lanes.values().stream().mapToInt(l -> l.byPriority.size()).sum();
  }
}
