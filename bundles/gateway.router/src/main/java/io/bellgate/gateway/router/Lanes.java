package io.bellgate.gateway.router;

import io.bellgate.api.policy.Protection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
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

  private final Map<List<Protection>, NavigableSet<Waiting>> waiting = new ConcurrentHashMap<>();
  private final Map<List<Protection>, Long> dryUntilNanos = new ConcurrentHashMap<>();

  void put(Waiting message) {
    waiting.computeIfAbsent(message.acceptable(), a -> new ConcurrentSkipListSet<>()).add(message);
  }

  void remove(Waiting message) {
    waiting.get(message.acceptable()).remove(message);
  }

  /** There is no key for a lane: it is passed over for a while. */
  void dry(List<Protection> acceptable, long millis) {
    dryUntilNanos.put(acceptable, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** The first message that has a chance now, or null. */
  Waiting first() {
    Waiting first = null;
    for (Map.Entry<List<Protection>, NavigableSet<Waiting>> lane : waiting.entrySet()) {
      Long until = dryUntilNanos.get(lane.getKey());
      boolean dry = until != null && System.nanoTime() - until < 0;
      Waiting head = dry || lane.getValue().isEmpty() ? null : lane.getValue().first();
      if (head != null && (first == null || head.compareTo(first) < 0)) {
        first = head;
      }
    }
    return first;
  }

  int size() {
    return waiting.values().stream().mapToInt(NavigableSet::size).sum();
  }
}
